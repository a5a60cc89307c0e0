// The open question as a relay asks it: over a real spool, opposite a provider in memory.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Support
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `A refusal that nothing explains` {
  private static let odd = "550 Requested action not taken"

  private func accept(_ relay: TestRelay, to address: String) async throws -> MessageID {
    let parts = address.split(separator: "@").map(String.init)
    let envelope = Envelope(
      sender: Address(localPart: "erp", domain: "host.example"),
      recipients: [Address(localPart: parts[0], domain: parts[1])])
    let octets = Array("From: ERP <erp@host.example>\r\nSubject: \(address)\r\n\r\nText\r\n".utf8)
    return try await relay.spool.accept(
      NewMessage(entity: "acme", envelope: envelope, content: .octets(octets), source: MessageSource(client: "test")),
      now: relay.time.now)
  }

  private func words(_ relay: TestRelay, _ id: MessageID) async throws -> String {
    try await relay.spool.show(id)?.attempts.last?.words ?? ""
  }

  @Test func `holds the mailbox when its own envelope is refused alike, and fails nothing`() async throws {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("RCPT") ? "\(Self.odd)" : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await accept(relay, to: "ada@example.org")
    try await eventually("flag") { try await relay.isFlagged() }
    #expect(
      try await relay.condition().fault?.summary.contains(Self.odd) == true, "the flag names the provider's words")
    try await eventually("written down") { try await words(relay, id).contains("refused alike") }
    #expect(relay.counts().failed == 0 && relay.counts().queued == 1)
    // The flag is looked at, and stays up as long as the same is said.
    let asked = provider.count(of: "RCPT TO:<office@firm.example>")
    try await relay.pass("looked at") { provider.count(of: "RCPT TO:<office@firm.example>") > asked }
    try await relay.untilAsleep(for: 800...900)
    #expect(try await relay.isFlagged())
    provider.answer { _, _ in nil }
    try await relay.pass("delivered") { relay.counts().totals.delivered == 1 }
    #expect(try await relay.condition() == .working)
  }

  @Test func `fails the recipient with a report when other mail goes through`() async throws {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<ada@example.org>" ? "\(Self.odd)" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await accept(relay, to: "ada@example.org")
    try await eventually("asked") { provider.count(of: "RSET") > 0 }
    try await eventually("written down") { try await words(relay, id).contains("is taken") }
    #expect(relay.counts().failed == 0 && relay.counts().queued == 1)
    _ = try await accept(relay, to: "bob@example.net")
    try await relay.pass("failed") { relay.counts().failed == 1 }
    try await relay.pass("reported") { provider.arrivals.contains { $0.subject.hasPrefix("Not delivered") } }
    #expect(try await relay.condition() == .working)
    let failure = try await relay.spool.show(id)?.recipients.first?.failure
    #expect(failure == Self.odd)
  }

  @Test
  func
    `stays open where nothing else waits: tried by the schedule, told as a problem, and never failed before its time`()
    async throws
  {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<ada@example.org>" ? "\(Self.odd)" : nil
    }
    let relay = try TestRelay(maximumAge: .seconds(5 * 86_400))
    try await relay.connect(to: provider)
    _ = try await accept(relay, to: "ada@example.org")
    try await relay.pass("tried again") { provider.count(of: "RCPT TO:<ada@example.org>") >= 8 }
    #expect(relay.counts().failed == 0 && relay.counts().deferred == 1)
    #expect(relay.questions.fault(of: "acme")?.upstream == Self.odd)
    #expect(provider.count(of: "RCPT TO:<office@firm.example>") <= 8, "no more self-tests than attempts")
    #expect(!provider.requests.contains { $0.hasPrefix("RCPT") && !$0.contains("ada") && !$0.contains("office@firm") })
  }

  @Test func `holds the mailbox when mail to two foreign domains is refused, though its own domain is taken`()
    async throws
  {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("RCPT") && !request.contains("@firm.example") ? "\(Self.odd)" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    for address in ["ada@example.org", "bob@example.net"] { _ = try await accept(relay, to: address) }
    try await relay.pass("flag") { try await relay.isFlagged() }
    #expect(relay.counts().failed == 0 && relay.counts().queued == 2)
  }

  @Test func `after the data is asked by one letter to the mailbox itself`() async throws {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("(message)") ? "554 Transaction failed" : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    _ = try await accept(relay, to: "ada@example.org")
    try await relay.pass("flag") { try await relay.isFlagged() }
    #expect(provider.requests.count { $0.contains("Subject: Letterhead test") } == 1)
    #expect(relay.counts().failed == 0 && relay.counts().queued == 1)
  }

  @Test func `that a rule takes for the recipient's is doubted after three: what failed is put back, unreported`()
    async throws
  {
    // As a provider may say it of a client that it does not like.
    let provider = InMemoryProvider { request, _ in request.hasPrefix("RCPT") ? "550 5.1.1 No such user" : nil }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let first = try await accept(relay, to: "ada@example.org")
    try await relay.pass("failed") { relay.counts().failed == 1 }
    for address in ["bob@example.net", "cy@example.com"] { _ = try await accept(relay, to: address) }
    try await eventually("flag") { try await relay.isFlagged() }
    try await eventually("put back") { relay.counts().failed == 0 }
    #expect(try await relay.spool.show(first)?.message.state != .failed)
    try await eventually("no report") { try await relay.spool.list().allSatisfy { !$0.isReport } }
    #expect(relay.counts().queued == 3 && provider.arrivals.isEmpty)
  }

  @Test func `that a rule takes for a verdict on one message is put back when a letter to itself is refused alike`()
    async throws
  {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("(message)") ? "554 5.7.1 Blocked by spam statistics" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await accept(relay, to: "ada@example.org")
    try await relay.pass("flag") { try await relay.isFlagged() }
    try await eventually("put back") { relay.counts().failed == 0 && relay.counts().queued == 1 }
    #expect(try await relay.spool.show(id)?.message.state != .failed)
  }

  @Test func `of thirty messages to thirty dead recipients raises no flag, and fails them all`() async throws {
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("RCPT") && !request.contains("@firm.example") ? "550 5.1.1 No such user" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    for number in 1...30 { _ = try await accept(relay, to: "r\(number)@example\(number).org") }
    try await relay.pass("all failed") { relay.counts().failed == 30 }
    #expect(try await relay.condition() == .working)
    try await relay.pass("reported") { provider.arrivals.count == 30 }
  }
}
