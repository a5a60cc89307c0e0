// What has become of a message, as people are told.

import Access
import Foundation
import Message
import SMTP
import Spool
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct TraceCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  private func stories(_ text: String, as caller: Caller = root) async throws -> [MessageStory] {
    try await relay.answer(.traceMessages(TraceMessages(text)), from: caller).compactMap { reply in
      if case .traced(let story) = reply { story } else { nil }
    }
  }

  private func refusal(_ text: String, as caller: Caller = root) async throws -> String {
    let replies = try await relay.answer(.traceMessages(TraceMessages(text)), from: caller)
    guard case .refused(let sentence) = replies.last else { return "" }
    return sentence
  }

  /// Accepts one message of each of these users, and delivers all.
  private func deliver(of uids: [UInt32?]) async throws {
    for uid in uids { try await relay.accept(uid: uid) }
    relay.spool.open("acme")
    for _ in uids {
      let message = try #require(await relay.spool.claim("acme", atMost: 1).first)
      var settlement = Settlement(recipients: message.envelope.recipients.map { ($0, .delivered("250 OK")) })
      settlement.words = "250 2.0.0 OK id=queue-\(message.id)"
      settlement.receipt = Receipt(
        sentAs: Address("office@acme.example"), providerIDs: ["queue-\(message.id)"])
      relay.spool.settle(message.id, settlement, now: Date())
    }
    relay.spool.close("acme")
    // What asks for nothing is written behind all that was settled.
    try await relay.spool.hold(.ids([]), now: Date())
  }

  @Test func `a message is told of while it waits, and when it has gone`() async throws {
    try await relay.accept()
    let waiting = try #require(try await stories("1").first)
    // No mailbox is connected.
    #expect(waiting.state == "held" && waiting.heldBecause != nil && waiting.endedAt == nil)
    #expect(waiting.recipients.map(\.fate) == ["waiting"] && waiting.sender == "erp@localhost")
    try await deliver(of: [nil])
    let ended = try #require(try await stories("queue-1").first)
    #expect(ended.id == 1 && ended.state == "delivered" && ended.attempts == 1 && ended.heldBecause == nil)
    #expect(ended.recipients == [.init(address: "ada@example.org", fate: "delivered", words: nil)])
    #expect(ended.sentAs == "office@acme.example" && ended.lastReply == "250 2.0.0 OK id=queue-1")
    #expect(try await stories("ada@example.org").map(\.id) == [2, 1])
  }

  @Test func `an ordinary user is told of his own messages, and others of none`() async throws {
    try await deliver(of: [nil, 1001, 1002])
    try await relay.accept(uid: 1001)
    #expect(try await stories("ada@example.org", as: mara).map(\.id) == [4, 2])
    #expect(try await stories("queue-2", as: mara).map(\.id) == [2])
    for text in ["1", "3", "queue-3"] { #expect(try await stories(text, as: mara).isEmpty) }
    #expect(try await refusal("3", as: mara).hasPrefix("No message of yours is known by \"3\"."))
    let call = ControlCall.traceMessages(TraceMessages("1"))
    #expect(try await relay.answer(call, from: anna) == mayNot("anna"), "she is no user of this host")
    #expect(try await relay.answer(call, from: erp) == refused(.notAllowed(.notForApps, name: "erp")))
  }

  @Test func `who deleted a message is told`() async throws {
    try await relay.accept()
    #expect(try await relay.answer(.change(.delete, .numbered([1])), from: root).last == .changed(1))
    let story = try #require(try await stories("1").first)
    #expect(story.state == "deleted" && story.deletedBy == "root" && story.recipients.map(\.fate) == ["deleted"])
    #expect(story.endedAt != nil && story.nextAttemptAt == nil && story.heldBecause == nil)
  }

  @Test func `without a name the newest messages are told of, and how many more there are`() async throws {
    try await relay.accept(52)
    #expect(try await stories("").map(\.id) == Array((3...52).reversed()))
    let call = ControlCall.traceMessages(TraceMessages())
    guard case .note(let sentence) = try await relay.answer(call, from: root).dropLast().last else {
      Issue.record("nothing is said of the others")
      return
    }
    #expect(sentence.hasPrefix("These are the newest 50; there are more"))
    #expect(try await refusal("", as: mara).hasPrefix("No message of yours is known. The queue was searched"))
  }

  @Test func `where nothing is found, it says what was searched`() async throws {
    #expect(
      try await refusal("nobody@\u{1b}[31mx")
        == "No message is known by \"nobody@\\u{1B}[31mx\". The queue was searched; the history is empty so far.")
    try await deliver(of: [nil])
    #expect(try await refusal("17").contains("The queue was searched, and the history, which goes back to 2"))
    let call = ControlCall.traceMessages(TraceMessages("17", since: Date(timeIntervalSince1970: 1_800_000_000)))
    guard case .refused(let sentence) = try await relay.answer(call, from: root).last else { return }
    #expect(sentence.contains("\"17\" since 2027-01-15T08:00:00Z."))
  }
}
