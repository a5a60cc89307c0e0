// Filters: what a listing shows by one is what a change by it means. And holding all mail of an entity.

import Access
import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct QueueFilterTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  /// 1 ada and 2 bob of erp, 3 of crm in beta, 4 of nobody, 5 held by hand.
  private func fill() async throws {
    _ = try await relay.answer(.connect(), from: root)
    for (app, recipient, entity) in [
      ("erp", "ada@example.org", "acme"), ("erp", "bob@example.com", "acme"), ("crm", "ada@example.org", "beta"),
      (nil, "root", "acme"), ("crm", "Ada@Example.Org", "acme"),
    ] as [(String?, String, String)] {
      let envelope = Envelope(sender: nil, recipients: [Address(recipient)].compactMap(\.self))
      try await relay.spool.accept(
        NewMessage(
          entity: entity, envelope: envelope, content: .octets(Array("Subject: x\r\n\r\n\r\n".utf8)),
          source: MessageSource(client: "127.0.0.1", app: app)), now: Date())
    }
    _ = try await relay.answer(.change(.hold, .numbered([5])), from: root)
  }

  private func listed(_ filter: QueueFilter) async throws -> [Int64] {
    try await relay.answer(.listMessages(ListMessages(filter)), from: root).compactMap {
      if case .message(let message) = $0 { message.id } else { nil }
    }
  }

  @Test(
    arguments: [
      (QueueFilter(), [1, 2, 3, 4, 5]), (QueueFilter(app: "erp"), [1, 2]), (QueueFilter(app: "none"), []),
      (QueueFilter(entity: "acme", app: "crm"), [5]), (QueueFilter(recipient: "ada@example.org"), [1, 3, 5]),
      (QueueFilter(recipient: "*@example.com"), [2]), (QueueFilter(recipient: "root"), [4]),
      (QueueFilter(receivedBefore: .distantPast), []), (QueueFilter(receivedBefore: .distantFuture), [1, 2, 3, 4, 5]),
      // beta has no mailbox, and its mail is listed as held.
      (QueueFilter(state: .held), [3, 5]), (QueueFilter(state: .waiting), [1, 2, 4]), (QueueFilter(state: .failed), []),
      (QueueFilter(app: "crm", recipient: "*@example.org", state: .held), [3, 5]),
    ] as [(QueueFilter, [Int64])])
  func `what a filter shows is what it deletes`(filter: QueueFilter, ids: [Int64]) async throws {
    try await fill()
    #expect(try await listed(filter) == ids)
    #expect(try await relay.answer(.change(.delete, .matching(filter)), from: root) == [.changed(ids.count)])
    #expect(try await listed(QueueFilter()) == [1, 2, 3, 4, 5].filter { !ids.contains($0) })
  }

  @Test func `a filter over a long queue finds all, page by page`() async throws {
    try await fill()
    try await relay.accept(1200)
    try await relay.accept(3, of: "beta")
    #expect(try await listed(QueueFilter(entity: "beta")).count == 4)
    #expect(try await listed(QueueFilter(state: .held)).count == 5)
    #expect(try await listed(QueueFilter(state: .waiting)).count == ListMessages.largestPage)
    #expect(
      try await relay.answer(.change(.hold, .matching(QueueFilter(state: .waiting))), from: root) == [.changed(1203)])
    #expect(
      try await relay.answer(.change(.release, .matching(QueueFilter(receivedBefore: .distantFuture))), from: root)
        .last == .changed(1204))
  }

  @Test func `what a filter means and an order is not for is counted in a note`() async throws {
    try await fill()
    let replies = try await relay.answer(.change(.retry, .matching(QueueFilter(entity: "acme"))), from: root)
    #expect(replies.last == .changed(3))
    #expect(
      replies.contains(
        .note(
          "1 more that is meant is held, unknown or damaged, and left so. Held ones go out after: letterhead queue release ID"
        )))
    #expect(
      try await relay.answer(.change(.delete, .matching(QueueFilter(entity: "other"))), from: root)
        == refused(.noEntity("other")))
  }

  // MARK: All mail of an entity

  private func hold(_ order: HoldEntity.Order, _ entity: String = "acme", from caller: Caller = root) async throws
    -> ControlReply?
  {
    try await relay.answer(.holdEntity(HoldEntity(order, entity)), from: caller).last
  }

  @Test func `an entity that is held says so wherever its mail is looked at, with the command that ends it`()
    async throws
  {
    try await fill()
    guard case .done(let sentence) = try await hold(.hold) else {
      Issue.record("not held")
      return
    }
    #expect(
      sentence.hasPrefix("4 messages wait now, and what comes is accepted and waits too. All mail of acme is held"))
    #expect(sentence.hasSuffix("by root. To let it go, run: letterhead queue release --entity acme"))
    let hold = try #require(try await relay.mailboxes.load().hold(of: "acme"))
    let replies = try await relay.answer(.list(), from: root)
    #expect(replies.first == .note("\(hold)"))
    let messages = replies.compactMap { if case .message(let message) = $0 { message } else { nil } }
    #expect(messages.filter { $0.entity == "acme" }.allSatisfy { $0.state == "held" && $0.due == nil })
    #expect(messages.first?.heldBecause == "\(hold)" && messages.first?.nextAttempt == "when acme is released")
    #expect(try await relay.answer(.change(.retry, .all(entity: "acme")), from: root).contains(.note("\(hold)")))
    #expect(try await self.hold(.hold) == .done("\(hold)"), "a second hold changes nothing")
    #expect(try await relay.answer(.list(of: "beta"), from: root).count == 2, "the note is acme's")
  }

  @Test func `a release starts the age anew, and leaves what was held one by one`() async throws {
    try await fill()
    _ = try await hold(.hold)
    let before = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1000).rounded(.down) / 1000)
    #expect(
      try await hold(.release)
        == .done(
          "Mail of acme goes out again. 3 messages wait for it. 1 message of acme is held one by one. To let go of them, "
            + "run: letterhead queue release --all --entity acme"))
    #expect(try await relay.mailboxes.load().holds.isEmpty)
    #expect(try await relay.spool.list(state: .waiting).filter { $0.entity == "acme" }.allSatisfy { $0.due >= before })
    #expect(try await hold(.release) == refused(.notOnHold("acme", heldByHand: 1)).last)
    #expect(try await hold(.hold, "other") == refused(.noEntity("other")).last)
    #expect(try await hold(.hold, from: mara) == mayNot("mara").last)
  }

  // MARK: Export

  private func exported(_ id: Int64, asReceived: Bool, from caller: Caller = root) async throws -> (
    String, ControlReply?
  ) {
    let replies = try await relay.answer(.exportMessage(ExportMessage(id, asReceived: asReceived)), from: caller)
    let octets = replies.flatMap { reply -> [UInt8] in
      if case .octets(let data) = reply { Array(data) } else { [] }
    }
    return (String(decoding: octets, as: UTF8.self), replies.last)
  }

  @Test func `a message is exported as it came, and as it would go out`() async throws {
    try await relay.accept(uid: 1001)
    let received = "From: erp@localhost\r\nSubject: 0\r\n\r\nHello.\r\n"
    for caller in [root, mara] {
      let (text, ending) = try await exported(1, asReceived: true, from: caller)
      #expect(text == received && ending == .done(""))
    }
    #expect(try await exported(1, asReceived: true, from: ivo).1 == refused(.noMessage(1)).last)
    #expect(try await exported(1, asReceived: false).1 == refused(.noIdentity(1)).last)
    _ = try await relay.answer(.connect(), from: root)
    let (text, ending) = try await exported(1, asReceived: false)
    #expect(ending == .done("") && text.contains("<office@acme.example>\r\n") && text.hasSuffix("\r\n\r\nHello.\r\n"))
    #expect(try await exported(9, asReceived: true).1 == refused(.noMessage(9)).last)
  }

  @Test func `a large body is exported whole, in portions`() async throws {
    let line = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n".utf8)
    let writer = try await relay.spool.startBody()
    let header = Array("Subject: large\r\n\r\n".utf8)
    try await writer.append(header)
    for _ in 0..<8 { try await writer.append(Array(repeatElement(line, count: 1024).joined())) }
    let body = try await writer.finish()
    try await relay.spool.accept(
      NewMessage(
        entity: "acme", envelope: Envelope(sender: nil, recipients: [Address("ada@example.org")].compactMap(\.self)),
        content: .stored(body), source: MessageSource(client: "127.0.0.1")), now: Date())
    let replies = try await relay.answer(.exportMessage(ExportMessage(1, asReceived: true)), from: root)
    #expect(replies.count > 5)
    #expect(try await exported(1, asReceived: true).0.utf8.count == header.count + 8 * 1024 * line.count)
  }
}
