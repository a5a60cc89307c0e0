// The queue, as it is listed, shown and changed; and the status.

import Access
import Foundation
import Mailboxes
import Spool
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct QueueCallTests {
  private let relay: ControlFixture

  init() throws { relay = try ControlFixture() }

  @Test(arguments: [
    ControlCall.change(.retry, .all(entity: nil)),
    .change(.hold, .numbered([1])), .change(.release, .all(entity: "acme")), .change(.delete, .all(entity: nil)),
  ])
  func `the queue is an administrator's, and the refusal says what to do`(call: ControlCall) async throws {
    try await relay.accept()
    for approval in ApprovalRule.allCases {
      #expect(try await relay.answer(call, from: mara, approval: approval) == mayNot("mara"))
      #expect(try await relay.answer(call, from: anna, approval: approval) == mayNot("anna"))
    }
    #expect(mayNot("mara").description.contains("Ask root, or have mara added to users in [admin]"))
    #expect(
      try await relay.answer(call, from: erp) == refused(.notAllowed(.notForApps, name: "erp")))
    #expect(try await relay.spool.list().map(\.state) == [.waiting])
  }

  @Test func `an ordinary user sees what he has handed in himself, and nobody else's`() async throws {
    for uid in [nil, 1001, 0, 1002, 1001] as [UInt32?] { try await relay.accept(uid: uid) }
    #expect(messages(try await relay.answer(.list(), from: mara)).map(\.id) == [2, 5])
    #expect(messages(try await relay.answer(.list(after: 2), from: mara)).map(\.id) == [5])
    #expect(messages(try await relay.answer(.list(of: "beta"), from: mara)).isEmpty)
    #expect(messages(try await relay.answer(.list(), from: ivo)).map(\.id) == [4])
    #expect(messages(try await relay.answer(.list(), from: root)).map(\.id) == [1, 2, 3, 4, 5])
    for (caller, own) in [(mara, [2, 5]), (ivo, [4]), (root, [1, 2, 3, 4, 5])] as [(Caller, [Int64])] {
      for id in 1...5 as ClosedRange<Int64> {
        let replies = try await relay.answer(.showMessage(ShowMessage(id)), from: caller)
        #expect(own.contains(id) ? replies.last == .done("") : replies == refused(.noMessage(id)), "\(id)")
      }
    }
    for call in [ControlCall.list(), .showMessage(ShowMessage(1))] {
      #expect(try await relay.answer(call, from: anna) == mayNot("anna"), "she is no user of this host")
      #expect(try await relay.answer(call, from: erp) == refused(.notAllowed(.notForApps, name: "erp")))
    }
  }

  @Test func `what is done to the queue is in the audit list, with who, which messages and which entity`() async throws
  {
    try await relay.accept(3)
    try await relay.accept(2, of: "beta")
    let calls: [ControlCall] = [
      .change(.hold, .numbered([1, 2, 99])), .change(.release, .numbered([1])), .change(.retry, .all(entity: "beta")),
      .change(.delete, .all(entity: nil)), .change(.delete, .numbered([7])),
    ]
    for call in calls { _ = try await relay.answer(call, from: root) }
    let entries = try await relay.mailboxes.audit()
    #expect(
      entries.map { "\($0.verb) \($0.entity): \($0.detail)" } == [
        "delete : 5 messages: 1-5", "retry beta: 2 messages: 4-5", "release acme: 1 message: 1",
        "hold acme: 2 messages: 1-2",
      ], "what changed nothing is no entry")
    #expect(entries.allSatisfy { $0.requester == root.requester })
    #expect(try await relay.mailboxes.audit(of: "beta").map(\.verb) == [.retry])
  }

  @Test func `of many messages that a filter has found, each is in the audit list`() async throws {
    for _ in 0..<60 { for entity in ["acme", "beta"] { try await relay.accept(of: entity) } }
    let filter = QueueFilter(entity: "beta", recipient: "ada@example.org")
    #expect(try await relay.answer(.change(.delete, .matching(filter)), from: root).last == .changed(60))
    let entries = try await relay.mailboxes.audit().reversed()
    #expect(entries.map { $0.detail.prefix { $0 != ":" } } == ["60 messages"])
    let told = entries.flatMap { $0.detail.split { ": ,".contains($0) }.compactMap { Int($0) }.dropFirst() }
    #expect(told == Array(stride(from: 2, through: 120, by: 2)))
  }

  private func messages(_ replies: [ControlReply]) -> [QueuedMessage] {
    replies.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }

  @Test func `a long queue comes page by page, oldest first`() async throws {
    try await relay.accept(ListMessages.largestPage + 3)
    try await relay.accept(2, of: "beta")
    let first = messages(try await relay.answer(.list(), from: root))
    #expect(first.count == ListMessages.largestPage)
    let second = messages(try await relay.answer(.list(after: first.last?.id), from: root))
    #expect(second.map(\.entity) == ["acme", "acme", "acme", "beta", "beta"])
    #expect(try await relay.answer(.list(after: second.last?.id), from: root) == [.done("")])
    #expect(messages(try await relay.answer(.list(of: "beta"), from: root)).count == 2)
    #expect(try await relay.answer(.list(of: "other"), from: root) == refused(.noEntity("other")))
  }

  @Test func `a listing stops when nobody listens any more`() async throws {
    struct Gone: Error {}
    try await relay.accept(10)
    var said = 0
    await #expect(throws: Gone.self) {
      try await relay.service().answer(.list(), from: root) { _ in
        said += 1
        if said >= 3 { throw Gone() }
      }
    }
    // The third line, and the attempt to say why it ended.
    #expect(said == 4)
  }

  @Test func `mail without a connected mailbox is held, and shown as it came`() async throws {
    try await relay.accept()
    let listed = try #require(messages(try await relay.answer(.list(), from: root)).first)
    #expect(listed.state == "held" && listed.due == nil)
    #expect(listed.sender == "erp@localhost" && listed.recipients == ["ada@example.org"])
    guard case .detail(let shown) = try await relay.answer(.showMessage(ShowMessage(listed.id)), from: root).first
    else {
      Issue.record("not shown")
      return
    }
    #expect(shown.message == listed && !shown.isRewritten && shown.header.hasPrefix("From: erp@localhost\n"))
    _ = try await relay.answer(.connect(), from: root)
    guard case .detail(let rewritten) = try await relay.answer(.showMessage(ShowMessage(listed.id)), from: root).first
    else {
      Issue.record("not shown")
      return
    }
    #expect(rewritten.isRewritten && rewritten.header.contains("<office@acme.example>\n"))
    #expect(try await relay.answer(.showMessage(ShowMessage(99)), from: root) == refused(.noMessage(99)))
  }

  @Test func `messages are held, released, deleted, and counted`() async throws {
    try await relay.accept(3)
    try await relay.accept(2, of: "beta")
    #expect(
      try await relay.answer(.change(.hold, .numbered([1, 2, 99, 1])), from: root)
        == [.unchanged("\(ControlRefusal.noMessage(99))"), .changed(2)])
    #expect(try await relay.spool.list().map(\.state) == [.held, .held, .waiting, .waiting, .waiting])
    #expect(try await relay.answer(.change(.release, .all(entity: "acme")), from: root).last == .changed(2))
    #expect(try await relay.answer(.change(.delete, .all(entity: "beta")), from: root) == [.changed(2)])
    #expect(try await relay.answer(.change(.delete, .all(entity: "other")), from: root) == refused(.noEntity("other")))
    #expect(try await relay.answer(.change(.delete, .all(entity: nil)), from: root) == [.changed(3)])
    #expect(
      try await relay.answer(.change(.delete, .numbered([1])), from: root)
        == [.unchanged("\(ControlRefusal.noMessage(1))"), .changed(0)])
  }

  @Test(
    arguments: [
      (.retry, nil, "There is no message 7 here, or no longer."), (.delete, nil, "There is no message 7"),
      (.retry, .held, "is held by hand. To let it go, run: letterhead queue release 7"),
      (.hold, .held, "is held already."),
      (.hold, .failed, "not tried anyway. To send it again, run: letterhead queue retry 7"),
      (.release, .failed, "run: letterhead queue retry 7"), (.release, .waiting, "run: letterhead queue show 7"),
      (.release, .deferred, "is not held by hand."), (.hold, .waiting, "Run the same command again."),
    ] as [(ChangeMessages.Order, ListedMessage.State?, String)])
  func `of a message that is left as it is, the answer says why`(
    order: ChangeMessages.Order, state: ListedMessage.State?, words: String
  ) {
    #expect(order.objection(to: 7, in: state).contains(words))
  }

  @Test(arguments: [ChangeMessages.Order.retry, .release])
  func `mail that still cannot go out is not said to go out`(order: ChangeMessages.Order) async throws {
    func notes() async throws -> [String] {
      try await relay.answer(.change(order, .all(entity: nil)), from: root).compactMap {
        if case .note(let sentence) = $0 { sentence } else { nil }
      }
    }
    try await relay.accept(2)
    #expect(
      try await notes() == [
        "No mailbox is connected to acme, so its mail still waits. Run: letterhead connect acme --help"
      ])
    _ = try await relay.answer(.connect(), from: root)
    #expect(try await notes() == [])
    let generation = try #require(try await relay.mailboxes.load().mailbox(of: "acme")).generation
    let fault = Fault(class: .auth, since: Date(), summary: "Refused.", remedy: "Connect.", upstream: "535")
    try await relay.mailboxes.setCondition(.broken(fault, probe: false), of: "acme", generation: generation)
    #expect(try await notes() == ["The error flag of acme is up, so its mail still waits. Run: letterhead status"])
    _ = try await relay.answer(.change(.hold, .all(entity: nil)), from: root)
    if order == .retry {
      #expect(
        try await notes() == [
          "2 messages of acme are held one by one. To let go of them, run: letterhead queue release --all --entity acme"
        ])
    }
  }

  @Test func `a message that is held says why, and when a message is tried does not lie in its mailbox's pause`()
    async throws
  {
    func listed() async throws -> [QueuedMessage] { messages(try await relay.answer(.list(), from: root)) }
    try await relay.accept(2)
    _ = try await relay.answer(.change(.hold, .numbered([1])), from: root)
    #expect(
      try await listed().map(\.heldBecause) == [
        "Held by hand, until: letterhead queue release 1", "No mailbox is connected to acme.",
      ])
    _ = try await relay.answer(.connect(), from: root)
    #expect(try await listed().map(\.heldBecause) == ["Held by hand, until: letterhead queue release 1", nil])
    let generation = try #require(try await relay.mailboxes.load().mailbox(of: "acme")).generation
    let fault = Fault(class: .throttle, since: Date(), summary: "Too fast.", remedy: "Wait.", upstream: "421")
    let end = Date(timeIntervalSinceReferenceDate: 4_000_000_000)
    try await relay.mailboxes.setCondition(.paused(until: end, fault), of: "acme", generation: generation)
    #expect(try await listed().map(\.due) == [nil, end])
    try await relay.mailboxes.setCondition(.broken(fault, probe: false), of: "acme", generation: generation)
    let last = try #require(try await listed().last)
    #expect(last.heldBecause == "Too fast." && last.due == nil)
  }

  @Test(arguments: [ChangeMessages.Which.all(entity: nil), .all(entity: "acme"), .numbered([1])])
  func `retry lifts the pause of the mailboxes it means`(which: ChangeMessages.Which) async throws {
    _ = try await relay.answer(.connect(), from: root)
    try await relay.accept()
    let mailbox = try #require(try await relay.mailboxes.load().mailbox(of: "acme"))
    let fault = Fault(class: .throttle, since: Date(), summary: "Too fast.", remedy: "Wait.", upstream: "421")
    let pause = Condition.paused(until: Date() + 3600, fault)
    try await relay.mailboxes.setCondition(pause, of: "acme", generation: mailbox.generation)
    #expect(try await relay.answer(.change(.retry, .all(entity: "beta")), from: root) == [.changed(0)])
    #expect(try await relay.mailboxes.load().condition(of: "acme") == pause)
    #expect(relay.looks == ["beta"])
    #expect(try await relay.answer(.change(.retry, which), from: root) == [.changed(1)])
    #expect(try await relay.mailboxes.load().condition(of: "acme") == .working)
    #expect(relay.looks.contains("acme"), "a provider that was away is not looked at")
  }

  @Test func `the next attempt is never shown in the past`() async throws {
    _ = try await relay.answer(.connect(), from: root)
    try await relay.accept()
    let before = Date()
    let listed = try #require(messages(try await relay.answer(.list(), from: root)).first)
    #expect(try #require(listed.due) >= before)
  }

  @Test func `a queue that cannot be changed says so in a sentence`() async throws {
    await relay.spool.close()
    #expect(
      try await relay.answer(.change(.delete, .all(entity: nil)), from: root) == [.refused(SpoolError.closed.sentence)])
  }

  // MARK: Status

  @Test func `the status is everybody's, while there is a relay`() async throws {
    let call = ControlCall.readStatus(ReadStatus())
    for caller in [root, mara, anna, erp] {
      #expect(try await relay.answer(call, from: caller) == refused(.notRunning))
      var replies: [ControlReply] = []
      try await relay.service(status: { "{}" }).answer(call, from: caller) { replies.append($0) }
      #expect(replies == [.status("{}"), .done("")])
    }
  }
}
