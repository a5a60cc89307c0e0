// A person decides on messages of which nobody knows whether they have arrived.

import Access
import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct ResolveCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  /// - Returns: the numbers of so many messages, all unknown.
  private func makeUnknown(_ count: Int) async throws -> [Int64] {
    try await relay.accept(count)
    relay.spool.open("acme")
    var ids: [Int64] = []
    while ids.count < count {
      for message in await relay.spool.claim("acme", atMost: count) {
        let unknown = UnknownOutcome(
          writtenAt: Date(), recipients: message.envelope.recipients, messageID: message.messageID, sentAs: nil)
        relay.spool.settle(
          message.id, Settlement(recipients: [], words: "No answer.", perhapsSent: true, unknown: unknown), now: Date())
        ids.append(message.id.rawValue)
      }
    }
    relay.spool.close("acme")
    // What asks for nothing is written behind all that was settled.
    try await relay.spool.hold(.ids([]), now: Date())
    return ids
  }

  private func resolve(
    _ order: ResolveMessages.Order, _ ids: [Int64], from caller: Caller = root
  ) async throws -> [ControlReply] {
    try await relay.answer(.resolveMessages(ResolveMessages(order, ids)), from: caller)
  }

  @Test func `says which have arrived and which are sent again, and who said so is kept`() async throws {
    let ids = try await makeUnknown(3)
    #expect(try await resolve(.delivered, [ids[0], ids[0]]) == [.changed(1)])
    #expect(try await resolve(.retry, [ids[1]]) == [.changed(1)])
    #expect(try await relay.spool.list().map(\.state) == [.deferred, .unknown])
    let shown = try #require(try await relay.spool.show(MessageID(rawValue: ids[1])))
    #expect(shown.attempts.last?.words == "No answer. [sent again by order of root, and may arrive twice]")
    let entries = try await relay.mailboxes.audit()
    #expect(entries.map(\.verb) == [.resolve, .resolve] && entries.allSatisfy { $0.entity == "acme" })
    #expect(Set(entries.map(\.detail)) == ["as delivered: \(ids[0])", "as retry: \(ids[1])"])
  }

  @Test func `is an administrator's, and leaves alone what is not unknown`() async throws {
    let ids = try await makeUnknown(1)
    try await relay.accept()
    let other = ids[0] + 1
    #expect(try await resolve(.delivered, ids, from: mara) == mayNot("mara"))
    let replies = try await resolve(.delivered, [other, 99])
    #expect(replies.last == .changed(0))
    #expect(
      replies.first
        == .unchanged(
          "What its provider made of message \(other) is not unknown. To see what is known of it, run: letterhead queue show "
            + "\(other)"))
    #expect(replies.dropFirst().first == .unchanged("\(ControlRefusal.noMessage(99))"))
  }

  @Test func `every other order names the one that is meant`() async throws {
    let ids = try await makeUnknown(1)
    for order in [ChangeMessages.Order.retry, .hold, .release] {
      let replies = try await relay.answer(.change(order, .numbered(ids)), from: root)
      let sentence = replies.compactMap { if case .unchanged(let sentence) = $0 { sentence } else { nil } }.first
      #expect(sentence?.contains("letterhead queue resolve \(ids[0]) delivered") == true, "\(order)")
    }
  }

  @Test func `an unknown message is listed and traced as one`() async throws {
    let ids = try await makeUnknown(1)
    let replies = try await relay.answer(.list(), from: root)
    let listed = try #require(replies.compactMap { if case .message(let message) = $0 { message } else { nil } }.first)
    #expect(listed.id == ids[0] && listed.state == "unknown" && listed.perhapsSent)
    let traced = try await relay.answer(.traceMessages(TraceMessages("\(ids[0])")), from: root)
    let story = traced.compactMap { if case .traced(let story) = $0 { story } else { nil } }.first
    #expect(story?.state == "unknown" && story?.recipients.map(\.fate) == ["unknown"])
  }
}
