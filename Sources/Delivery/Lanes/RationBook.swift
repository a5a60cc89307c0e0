// The ration of one mailbox's address, shared by all lanes that send through it, now or after a reconnect, and kept in
// the store over restarts.

import Foundation
import Logging
import Mailboxes
import Sockets
import Synchronization

final class RationBook: Sendable {
  private let address: String
  private let store: MailboxStore
  private let log: Logger
  private let page = Mutex(Page())

  private struct Page {
    var ration = Ration()
    var isLoaded = false
    var isChanged = false
    var willSave = false
  }

  init(of address: String, in store: MailboxStore, log: Logger) {
    self.address = address
    self.store = store
    self.log = log
  }

  /// Reads the record, the first time. One that cannot be read is no reason not to send.
  func load() async {
    guard !page.withLock({ $0.isLoaded }) else { return }
    var found: Ration?
    do {
      found = try await store.sendingRecord(of: address, as: Ration.self)
    } catch {
      log.error("pace not read", metadata: ["address": "\(address)", "error": "\(error)"])
    }
    let ration = found.flatMap { $0.isSane ? $0 : nil } ?? Ration()
    page.withLock { page in
      guard !page.isLoaded else { return }
      page.isLoaded = true
      if !page.isChanged { page.ration = ration }
    }
  }

  func read<Result>(at now: Date, _ look: (Ration) -> Result) -> Result {
    page.withLock { page in
      page.ration.pass(to: now)
      return look(page.ration)
    }
  }

  /// What is changed is on disk within about a second: several changes are written once.
  func change<Result>(at now: Date, on loop: EventLoop, _ change: (inout Ration) -> Result) -> Result {
    let (result, mustSave) = page.withLock { page in
      page.ration.pass(to: now)
      let result = change(&page.ration)
      defer { page.willSave = true }
      page.isChanged = true
      return (result, !page.willSave)
    }
    if mustSave { saveLater(on: loop) }
    return result
  }

  private func saveLater(on loop: EventLoop) {
    loop.start {
      try? await loop.sleep(until: .now + .seconds(1))
      await self.save()
    }
  }

  /// Writes what has changed since the last time.
  func save() async {
    let changed = page.withLock { page in
      page.willSave = false
      defer { page.isChanged = false }
      return page.isChanged ? page.ration : nil
    }
    guard let changed else { return }
    do {
      try await store.setSendingRecord(changed, of: address)
    } catch {
      page.withLock { $0.isChanged = true }
      log.error("pace not saved", metadata: ["address": "\(address)", "error": "\(error)"])
    }
  }
}
