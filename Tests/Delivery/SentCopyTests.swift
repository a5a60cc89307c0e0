// Copies for the folder of sent messages: a real spool, a real queue and its worker, and a provider in memory that files none
// itself.

import Foundation
import Mailboxes
import Message
import Platform
import SMTP
import Spool
import Support
import Synchronization
import Testing
import Transport
import TransportSupport

@testable import Delivery

@Suite struct `Copies of what is sent` {
  private let sent = InMemorySent()

  private func relay(_ rule: SentCopyRule = .append) async throws -> (TestRelay, InMemoryProvider) {
    let relay = try TestRelay(sentCopy: rule)
    relay.spool.setHistory(HistorySettings())
    let provider = InMemoryProvider(sent: sent) { _, _ in nil }
    try await relay.connect(to: provider)
    return (relay, provider)
  }

  private func copy(of id: MessageID, in relay: TestRelay) async throws -> String {
    try #require(try await relay.spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry.sentCopy)
  }

  @Test func `are filed once each, as sent and dated so, when the message is delivered`() async throws {
    let (relay, provider) = try await relay()
    let sentAt = relay.time.now
    let ids = [try await relay.accept("one"), try await relay.accept("two", to: ["ada", "bob"])]
    try await eventually("delivered") { relay.counts().totals.delivered == 2 }
    try await relay.pass("filed") { relay.counts().filing == 0 }
    #expect(provider.arrivals.count == 2 && sent.copies.count == 2 && sent.looks.isEmpty)
    #expect(sent.copies.allSatisfy { $0.sentAt == sentAt && $0.text.contains("<office@firm.example>\r\n") })
    #expect(Set(sent.copies.map { $0.text.suffix(4) }) == ["one\r\n", "two\r\n"])
    for id in ids { #expect(try await copy(of: id, in: relay) == "filed in \"Sent\" (1/7)") }
    #expect(relay.counters.all["acme"]?.sentCopies.values[.filed] == 2)
    try await relay.pass("the line is closed") { sent.open == 0 }
  }

  @Test(arguments: [SentCopyRule.auto, .provider, .none])
  func `are not filed by Letterhead unless it is to`(rule: SentCopyRule) async throws {
    let (relay, provider) = try await relay(rule)
    try await relay.accept("one")
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(provider.arrivals.count == 1 && relay.counts().filing == 0 && sent.copies.isEmpty)
  }

  @Test func `wait for a mailbox that cannot be reached, while mail goes out`() async throws {
    let (relay, _) = try await relay()
    sent.answerFiling { moment throws(SentFolderError) in
      if moment == .before { throw .full(words: "NO [OVERQUOTA] no room") }
    }
    for text in ["one", "two", "three"] { try await relay.accept(text) }
    try await relay.pass("told") { relay.counters.all["acme"]?.sentCopyTrouble != nil }
    try await eventually("all delivered") { relay.counts().totals.delivered == 3 }
    let trouble = try #require(relay.counters.all["acme"]?.sentCopyTrouble)
    #expect(trouble.cause == .full && trouble.isLasting && trouble.words == "NO [OVERQUOTA] no room")
    #expect(relay.counts().filing == 3 && sent.copies.isEmpty)
    #expect(try await relay.condition() == .working, "no flag")
    sent.answerFiling { (_) throws(SentFolderError) in }
    try await relay.pass("filed") { relay.counts().filing == 0 }
    #expect(sent.copies.count == 3)
    try await eventually("over") { relay.counters.all["acme"]?.sentCopyTrouble == nil }
  }

  @Test func `are looked for before they are filed again, where the answer was lost`() async throws {
    let (relay, _) = try await relay()
    let cuts = Mutex(1)
    sent.answerFiling { moment throws(SentFolderError) in
      guard moment == .after,
        cuts.withLock({
          $0 -= 1; return $0 >= 0
        })
      else { return }
      throw .unreachable(words: "the connection broke")
    }
    let id = try await relay.accept("one")
    try await relay.pass("ended") { relay.counts().totals.delivered == 1 && relay.counts().filing == 0 }
    #expect(sent.copies.count == 1 && sent.looks.count == 1)
    #expect(try await copy(of: id, in: relay) == "found in Sent")
  }

  @Test func `are filed after all where the line broke before the server had them`() async throws {
    let (relay, _) = try await relay()
    let cuts = Mutex(2)
    sent.answerFiling { moment throws(SentFolderError) in
      guard moment == .before,
        cuts.withLock({
          $0 -= 1; return $0 >= 0
        })
      else { return }
      throw .unreachable(words: "the connection broke")
    }
    try await relay.accept("one")
    try await relay.pass("filed") { relay.counts().totals.delivered == 1 && relay.counts().filing == 0 }
    #expect(sent.copies.count == 1 && sent.looks.count == 2)
  }

  @Test func `are filed after a restart, and no message is sent for it`() async throws {
    let (relay, provider) = try await relay()
    sent.answerFiling { (_) throws(SentFolderError) in throw .unreachable(words: "away") }
    try await relay.accept("one")
    try await relay.pass("tried") { relay.counters.all["acme"]?.sentCopyTrouble != nil }
    await relay.stop()
    sent.answerFiling { (_) throws(SentFolderError) in }
    relay.start()
    try await relay.pass("filed") { relay.counts().filing == 0 }
    #expect(sent.copies.count == 1 && provider.arrivals.count == 1)
  }

  @Test func `are given up after a day, and the message stays delivered`() async throws {
    let (relay, _) = try await relay()
    sent.answerFiling { (_) throws(SentFolderError) in throw .full(words: "no room") }
    let id = try await relay.accept("one")
    let start = relay.time.now
    try await relay.pass("given up") { relay.counts().totals.delivered == 1 && relay.counts().filing == 0 }
    #expect(relay.time.now.timeIntervalSince(start) > 86_000 && sent.copies.isEmpty)
    #expect(try await copy(of: id, in: relay) == "not filed within a day: the mailbox is full: no room")
    #expect(relay.counters.all["acme"]?.sentCopies.values[.givenUp] == 1)
    let entry = try #require(try await relay.spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
    #expect(entry.ending == .delivered)
  }

  @Test func `of mail that another mailbox sent are not put into this one`() async throws {
    let (relay, provider) = try await relay()
    sent.answerFiling { (_) throws(SentFolderError) in throw .unreachable(words: "away") }
    let id = try await relay.accept("one")
    try await relay.pass("tried") { relay.counters.all["acme"]?.sentCopyTrouble != nil }
    _ = try await relay.store.disconnect("acme", by: Authorization(.ofThisProcess))
    sent.answerFiling { (_) throws(SentFolderError) in }
    try await relay.connect(to: provider, address: "other")
    try await relay.pass("dropped") { relay.counts().filing == 0 }
    #expect(sent.copies.isEmpty)
    #expect(try await copy(of: id, in: relay) == "not filed: the mailbox is another now")
  }

  @Test func `show Bcc to the sender alone`() async throws {
    let (relay, provider) = try await relay()
    let octets = Array("From: a@host.example\r\nBcc: boss@example.org\r\nSubject: x\r\n\r\nx\r\n".utf8)
    try await relay.spool.accept(
      NewMessage(
        entity: "acme", envelope: Envelope(sender: nil, recipients: [Address(localPart: "ada", domain: "example.org")]),
        content: .octets(octets), source: MessageSource(client: "test")), now: relay.time.now)
    try await relay.pass("filed") { sent.copies.count == 1 }
    #expect(sent.copies.first?.text.contains("Bcc: boss@example.org\r\n") == true)
    #expect(provider.arrivals.allSatisfy { !"\($0)".contains("boss@example.org") })
  }
}
