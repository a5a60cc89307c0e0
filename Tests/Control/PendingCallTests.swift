// Unknown senders: who sees them, and what a decision does to their mail.

import Access
import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct PendingCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  private static let key = "uid:33/php8.2-fpm.service"

  private func hold(_ count: Int = 1, of key: String = key) async throws {
    for number in 0..<count {
      let content = Array("From: www-data\r\nSubject: \(number)\r\n\r\nHello.\r\n".utf8)
      let recipients = [Address("ada@example.org"), Address("bob@example.org")].compactMap(\.self)
      try await relay.spool.accept(
        NewMessage(
          entity: "?\(key)", envelope: Envelope(sender: nil, recipients: recipients), content: .octets(content),
          source: MessageSource(
            client: "127.0.0.1 (web)", uid: 33, identity: "uid 33, php8.2-fpm.service", listener: "127.0.0.1:2525"),
          hold: "No app matches uid 33 (php8.2-fpm.service): letterhead app pending"),
        now: Date(timeIntervalSince1970: 1_795_334_400 + Double(number)))
    }
  }

  private func approve(_ key: String = key, as name: String = "shop", entity: String = "acme") -> ControlCall {
    .approveSender(ApproveSender(key: key, name: name, entity: entity))
  }

  private func deny(_ key: String = key) -> ControlCall { .denySender(DenySender(key: key)) }

  private func pending() async throws -> [PendingSender] {
    try await relay.answer(.listPending(ListPending()), from: root).compactMap { reply in
      if case .pending(let sender) = reply { sender } else { nil }
    }
  }

  private func refusal(_ call: ControlCall) async throws -> String? {
    if case .refused(let sentence) = try await relay.answer(call, from: root).last { sentence } else { nil }
  }

  @Test func `nobody but an administrator sees or decides`() async throws {
    try await hold()
    for call in [.listPending(ListPending()), approve(), deny()] as [ControlCall] {
      #expect(try await relay.answer(call, from: mara) == mayNot("mara"))
      #expect(try await relay.answer(call, from: anna) == mayNot("anna"))
      #expect(try await relay.answer(call, from: erp) == refused(.notAllowed(.notForApps, name: "erp")))
    }
    #expect(relay.mailboxes.apps == AppRegistry() && relay.spool.pendingCount == 1)
  }

  @Test func `each unknown sender is listed with a sample of its mail`() async throws {
    #expect(
      try await relay.answer(.listPending(ListPending()), from: root) == [.done("No mail of unknown senders is held.")])
    try await relay.accept()
    try await hold(3)
    try await hold(of: "net:192.0.2.7")
    let found = try await pending()
    #expect(found.map(\.key) == [Self.key, "net:192.0.2.7"] && found.map(\.count) == [3, 1])
    let first = try #require(found.first)
    #expect(first.identity == "uid 33, php8.2-fpm.service" && first.listener == "127.0.0.1:2525")
    #expect(first.last.timeIntervalSince(first.first) == 2 && first.sender == "<>" && first.message == 2)
    #expect(first.recipients == ["ada@example.org", "bob@example.org"] && first.client == "127.0.0.1 (web)")
  }

  @Test func `an approved sender is an app, and its mail the entity's`() async throws {
    try await hold(2)
    try await hold(of: "uid:34/php8.2-fpm.service")
    try await hold(of: "net:192.0.2.7")
    #expect(
      try await relay.answer(approve(), from: root)
        == [
          .done(
            "unit:php8.2-fpm.service is the app shop from now on, and sends as acme. 3 messages of it are released.")
        ])
    let approved = try #require(relay.mailboxes.apps.approved.first)
    #expect(approved.name == "shop" && approved.pattern == "unit:php8.2-fpm.service" && approved.entity == "acme")
    #expect(try await relay.spool.list(entity: "acme").map(\.state) == [.waiting, .waiting, .waiting])
    #expect(try await pending().map(\.key) == ["net:192.0.2.7"])
    #expect(try await relay.mailboxes.audit(of: "acme").map(\.detail) == ["app shop unit:php8.2-fpm.service"])
    // What a session that had begun before has brought since.
    try await hold()
    _ = try await relay.answer(approve(), from: root)
    #expect(try await relay.spool.list(entity: "acme").count == 4 && relay.mailboxes.apps.approved.count == 1)
  }

  @Test func `a denied sender is remembered, its mail fails, and an approval undoes it`() async throws {
    try await hold(2)
    guard case .done(let sentence) = try await relay.answer(deny(), from: root).last else {
      Issue.record("not denied")
      return
    }
    #expect(sentence.hasPrefix("uid 33 (php8.2-fpm.service) is refused from now on. 2 messages of it have failed."))
    #expect(relay.mailboxes.apps.denied.map(\.key) == [Self.key])
    #expect(
      try await relay.answer(.listPending(ListPending()), from: root) == [
        .done(
          "No mail of unknown senders is held.\nDenied: \(Self.key). To undo it: letterhead app approve \(Self.key) --name "
            + "NAME --entity ENTITY")
      ])
    let failed = try await relay.spool.list(state: .failed)
    #expect(
      failed.map(\.words) == Array(repeating: "uid 33 (php8.2-fpm.service) may not send here: denied by root", count: 2)
    )
    #expect(try await pending().isEmpty)
    #expect(try await relay.mailboxes.audit(of: nil).map(\.verb) == [.deny])
    let reports = try await relay.spool.list().filter(\.isReport)
    #expect(reports.map(\.entity) == ["beta"], "one, however much was held")
    #expect(reports.first?.envelope.recipients.map(\.text) == ["it@acme.example"])
    _ = try await relay.answer(approve(), from: root)
    #expect(relay.mailboxes.apps.denied.isEmpty && relay.mailboxes.apps.approved.map(\.name) == ["shop"])
  }

  @Test func `a decision that cannot be is refused, and the refusal says what can`() async throws {
    try await hold()
    #expect(try await refusal(approve("acme")) == "\(ControlRefusal.noSender("acme"))")
    #expect(try await refusal(deny("uid:x")) == "\(ControlRefusal.noSender("uid:x"))")
    #expect(try await refusal(approve(entity: "other")) == "\(ControlRefusal.noEntity("other"))")
    #expect(try await refusal(approve(as: "Shop 1")) == "\(ControlRefusal.appName("Shop 1"))")
    #expect(try await refusal(approve(as: "erp")) == "\(ControlRefusal.appIsConfigured("erp"))")
    for place in ["net:127.0.0.1", "net:::1", "listener:/run/letterhead/submit.sock"] {
      #expect(try await refusal(approve(place)) == "\(ControlRefusal.senderIsAnybody(place))")
    }
    _ = try await relay.answer(approve("net:192.0.2.7"), from: root)
    #expect(
      try await refusal(approve()) == "\(ControlRefusal.appIsApproved("shop", pattern: "net:192.0.2.7/32"))")
    #expect(relay.spool.pendingCount == 1 && relay.mailboxes.apps.approved.count == 1)
  }

  @Test func `denying an app that was approved here withdraws its approval, and so does revoking it`() async throws {
    _ = try await relay.answer(approve(), from: root)
    _ = try await relay.answer(deny(), from: root)
    #expect(relay.mailboxes.apps.approved.isEmpty && relay.mailboxes.apps.denied.map(\.key) == [Self.key])
    _ = try await relay.answer(approve(), from: root)
    #expect(relay.mailboxes.apps.denied.isEmpty)
    _ = try await relay.answer(.revokePassword(RevokePassword(app: "shop")), from: root)
    #expect(relay.mailboxes.apps.approved.isEmpty)
  }

  @Test(arguments: [("uid:0", "every program of root")])
  func `an approval of more than one program is told`(key: String, words: String) async throws {
    let replies = try await relay.answer(approve(key), from: root)
    guard case .note(let sentence) = replies.first else {
      Issue.record("not told")
      return
    }
    #expect(sentence.contains(words))
  }

  @Test func `held mail says why in the queue, and is not released one by one`() async throws {
    try await hold()
    let replies = try await relay.answer(.list(), from: root)
    guard case .message(let listed) = replies.first else {
      Issue.record("not listed")
      return
    }
    #expect(listed.state == "held" && listed.due == nil)
    #expect(listed.heldBecause == "No app matches uid 33 (php8.2-fpm.service): letterhead app pending")
    #expect(listed.source == "uid 33, php8.2-fpm.service" && listed.uid == 33)
    let release = try await relay.answer(.change(.release, .numbered([1])), from: root)
    #expect(
      release == [
        .unchanged("Message 1 is of a sender that no app matches. To decide on it, run: letterhead app pending"),
        .changed(0),
      ])
  }

  @Test func `a message that was held with a reason says it, and how to release it`() async throws {
    var new = NewMessage(
      entity: "acme", envelope: Envelope(sender: nil, recipients: [ada]), content: .octets([]),
      source: MessageSource(client: "127.0.0.1", app: "erp", uid: 1004, identity: "uid 1004, erp.service"))
    new.hold = "erp\u{1B}[2J has sent its 60 messages this minute."
    try await relay.spool.accept(new, now: Date())
    guard case .message(let listed) = try await relay.answer(.list(), from: root).first else {
      Issue.record("not listed")
      return
    }
    #expect(
      listed.heldBecause
        == "erp\\u{1B}[2J has sent its 60 messages this minute. To send it: letterhead queue release 1")
    #expect(listed.app == "erp" && listed.source == "app erp (uid 1004, erp.service)")
    #expect(try await relay.answer(.change(.release, .numbered([1])), from: root).last == .changed(1))
  }
}

private let ada = Address(localPart: "ada", domain: "example.org")
