// The rate limiter of one mailbox's address: shared by all queues that send through it, now or after a reconnect, and
// kept in the store over restarts.

import Foundation
import Logging
import Logs
import Mailboxes
import Synchronization

final class SharedRateLimiter: Sendable {
  private let address: String
  private let store: MailboxStore
  private let tasks: TaskTracker
  private let log: Logger
  private let record = Mutex(Record())

  private struct Record {
    var limiter = RateLimiter()
    var isLoaded = false
    var isChanged = false
    var willSave = false
  }

  init(of address: String, in context: DeliveryContext, tasks: TaskTracker) {
    self.address = address
    store = context.store
    self.tasks = tasks
    log = context.log
  }

  /// Reads the record, the first time. One that cannot be read is no reason not to send.
  func load() async {
    guard !record.withLock({ $0.isLoaded }) else { return }
    var found: RateLimiter?
    do {
      found = try await store.sendingRecord(of: address, as: RateLimiter.self)
    } catch {
      log.tell(.rateNotRead, [.mailbox: address, .reason: "\(error)"])
    }
    let limiter = found.flatMap { $0.isSane ? $0 : nil } ?? RateLimiter()
    record.withLock { record in
      guard !record.isLoaded else { return }
      record.isLoaded = true
      if !record.isChanged { record.limiter = limiter }
    }
  }

  func read<Result>(at now: Date, _ look: (RateLimiter) -> Result) -> Result {
    record.withLock { record in
      record.limiter.pass(to: now)
      return look(record.limiter)
    }
  }

  /// What is changed is on disk within about a second: several changes are written once.
  func change<Result>(at now: Date, _ change: (inout RateLimiter) -> Result) -> Result {
    let (result, mustSave) = record.withLock { record in
      record.limiter.pass(to: now)
      let result = change(&record.limiter)
      defer { record.willSave = true }
      record.isChanged = true
      return (result, !record.willSave)
    }
    if mustSave { tasks.after(.seconds(1)) { await self.save() } }
    return result
  }

  /// Writes what has changed since the last time.
  func save() async {
    let changed = record.withLock { record in
      record.willSave = false
      defer { record.isChanged = false }
      return record.isChanged ? record.limiter : nil
    }
    guard let changed else { return }
    do {
      try await store.setSendingRecord(changed, of: address)
    } catch {
      record.withLock { $0.isChanged = true }
      log.tell(.rateNotSaved, [.mailbox: address, .reason: "\(error)"])
    }
  }
}
