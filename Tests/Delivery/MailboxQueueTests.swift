// A mailbox's queue, with a real spool behind it and a provider in memory before it.

import Delivery
import Foundation
import Mailboxes
import SMTP
import Spool
import Support
import Testing
import TransportSupport

@Suite struct `A mailbox's queue` {
  @Test func `delivers what is accepted, under the mailbox's address`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "bob"])
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    let arrival = try #require(provider.arrivals.first)
    #expect(arrival.sender == "office@firm.example")
    #expect(arrival.recipients == ["ada@example.org", "bob@example.org"])
    #expect(arrival.text.contains("From: ERP <office@firm.example>\r\n"))
    #expect(arrival.text.hasSuffix("\r\n\r\nhello\r\n"))
    #expect(try await relay.spool.show(id) == nil)
    let lines = relay.log.all.filter { $0.contains(" id=\(id) ") }
    let envelope = "recipients=ada@example.org,bob@example.org reply=250 OK sender=erp@host.example"
    let messageID = /message_id=<\S+@firm\.example>/
    #expect(lines.map { $0.prefix { $0 != " " } } == ["attempt", "delivered"])
    #expect(lines.allSatisfy { $0.hasSuffix(envelope) && $0.contains("attempt=1") && $0.contains(messageID) })
    #expect(lines.first?.contains("mailbox=office@firm.example") == true)
    #expect(lines.first?.contains("outcome=delivered:2") == true)
    #expect(lines.last?.contains(/delay=\d+\.\d{3} entity=acme/) == true)
  }

  @Test func `has the history say how a message left, and what it is called there`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    relay.spool.setHistory(HistorySettings())
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "bob"])
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    let entry = try #require(try await relay.spool.trace(TraceQuery("\(id)"), of: nil).messages.first?.entry)
    #expect(entry.sentAs == "office@firm.example" && entry.words == "250 OK" && entry.ending == .delivered)
    let text = try #require(provider.arrivals.first?.text)
    #expect(text.contains("Message-ID: \(try #require(entry.messageID))\r\n"), "the one that was added")
  }

  @Test func `keeps its session open between messages and closes it when idle`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    for number in 1...5 {
      try await relay.accept("\(number)")
      try await eventually("delivered") { relay.counts().totals.delivered == number }
    }
    #expect(provider.sessions == 1)
    for _ in 1...3 {
      #expect(provider.count(of: "QUIT") == 0)
      try await relay.untilAsleep(for: 15...15)
      relay.advance(by: .seconds(15))
    }
    try await eventually("closed") { provider.count(of: "QUIT") == 1 }
    try await relay.accept("6")
    try await eventually("delivered again") { relay.counts().totals.delivered == 6 }
    #expect(provider.sessions == 2)
  }

  @Test func `sends what waited for a connection, oldest first, with one session`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    for number in 1...40 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 40 }
    #expect(provider.arrivals.map(\.subject) == (1...40).map { "\($0)" })
    #expect(provider.mostOpen == 1)
  }

  @Test func `opens up to three sessions for a long queue`() async throws {
    let provider = InMemoryProvider()
    var tuning = DeliveryTuning()
    tuning.backlogPerSession = 4
    let relay = try TestRelay(tuning: tuning)
    for number in 1...100 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 100 }
    #expect(provider.mostOpen > 1 && provider.mostOpen <= 3)
  }

  @Test func `opens a further session when the first message waits for long behind a slow one`() async throws {
    let gate = Gate()
    let provider = InMemoryProvider(messagesUnderWay: 1) { request, session in
      if request.hasPrefix("(message)"), session == 1 { await gate.pass() }
      return nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    for number in 1...2 { try await relay.accept("\(number)") }
    try await relay.pass("the other delivered") { relay.counts().totals.delivered == 1 }
    #expect(provider.sessions == 2 && provider.arrivals.map(\.subject) == ["2"])
    gate.open()
    try await eventually("both delivered") { relay.counts().totals.delivered == 2 }
  }

  @Test func `of one entity shares no session with another's, though the host is the same`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(entities: ["acme", "bolt"])
    try await relay.connect("acme", to: provider, address: "acme")
    try await relay.connect("bolt", to: provider, address: "bolt")
    for _ in 1...3 {
      try await relay.accept("a", for: "acme")
      try await relay.accept("b", for: "bolt")
    }
    try await eventually("all delivered") { provider.arrivals.count == 6 }
    let bySession = Dictionary(grouping: provider.arrivals, by: \.session).mapValues { Set($0.map(\.sender)) }
    #expect(bySession.values.allSatisfy { $0.count == 1 })
  }

  @Test func `of another mailbox carries what was queued for the one before`() async throws {
    let first = InMemoryProvider { request, _ in request.hasPrefix("MAIL") ? "451 4.9.9 Not now" : nil }
    let second = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: first, address: "old")
    for number in 1...3 { try await relay.accept("\(number)") }
    try await eventually("deferred") { relay.counts().deferred > 0 }
    #expect(try await relay.store.disconnect("acme"))
    try await relay.accept("4")
    try await relay.connect(to: second, address: "new")
    try await eventually("all delivered") { relay.counts().totals.delivered == 4 }
    #expect(second.arrivals.allSatisfy { $0.sender == "new@firm.example" })
  }

  @Test func `fails the recipient that was refused, delivers the other, and reports`() async throws {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<nobody@example.org>" ? "550 5.1.1 No such user" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "nobody"])
    try await eventually("failed") { relay.counts().failed == 1 }
    let detail = try #require(try await relay.spool.show(id))
    #expect(detail.recipients.map(\.0.localPart) == ["nobody"])
    #expect(detail.recipients[0].failure == "550 5.1.1 No such user")
    try await eventually("reported") { provider.arrivals.count == 2 }
    let report = provider.arrivals[1]
    #expect(report.recipients == ["office@firm.example"])
    #expect(report.text.contains("550 5.1.1 No such user") && report.text.contains("nobody@example.org"))
  }

  @Test func `reports nothing about a report`() async throws {
    let provider = InMemoryProvider { request, _ in
      guard request.hasPrefix("RCPT") else { return nil }
      return request.contains("office") ? "550 5.2.1 The email account is disabled" : "550 5.1.1 No such user"
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("hello")
    try await relay.pass("both failed") { relay.counts().failed == 2 }
    #expect(relay.counts().queued == 0 && relay.counts().totals.accepted <= 2)
  }

  @Test func `tries a recipient that was put off again, and only that one`() async throws {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<bob@example.org>" ? "451 4.7.1 Greylisted" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "bob"])
    try await eventually("deferred") { relay.counts().deferred == 1 }
    let waiting = try #require(try await relay.spool.show(id))
    #expect(waiting.recipients.map(\.0.localPart) == ["bob"])
    #expect(waiting.message.due.timeIntervalSince(relay.time.now) > 250, "five minutes, as greylisting wants")
    provider.answer { _, _ in nil }
    try await relay.spool.retry(.ids([id]), now: relay.time.now)
    try await eventually("gone") { relay.counts().queued == 0 }
    #expect(provider.arrivals.map(\.recipients) == [["ada@example.org"], ["bob@example.org"]])
  }

  @Test func `of a message that waits, tells why it waits, and not why another recipient failed`() async throws {
    let provider = InMemoryProvider { request, _ in
      switch request {
      case "RCPT TO:<nobody@example.org>": "550 5.1.1 No such user"
      case "RCPT TO:<bob@example.org>": "451 4.7.1 Greylisted"
      default: nil
      }
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["nobody", "ada", "bob"])
    try await eventually("deferred") { relay.counts().deferred == 1 }
    #expect(try await relay.spool.list().first { $0.id == id }?.words == "451 4.7.1 Greylisted")
    let story = try #require(try await relay.spool.trace(TraceQuery("\(id)"), of: nil).messages.first)
    #expect(story.entry.words == "451 4.7.1 Greylisted")
    let detail = try #require(try await relay.spool.show(id))
    #expect(detail.attempts.map(\.words) == ["451 4.7.1 Greylisted"])
  }

  @Test func `a failure report is in the log as accepted, with its own number`() async throws {
    let provider = InMemoryProvider { request, _ in
      request == "RCPT TO:<nobody@example.org>" ? "550 5.1.1 No such user" : nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "nobody"])
    try await eventually("reported") { provider.arrivals.count == 2 }
    let lines = relay.log.all.filter { $0.hasPrefix("accepted") }
    #expect(lines.count == 1, "\(lines)")
    for field in ["sender=<>", "recipients=office@firm.example", "letterhead, on message \(id)", "message_id=<"] {
      #expect(lines.first?.contains(field) == true, "\(lines)")
    }
  }

  // MARK: Stopping

  @Test func `finishes what is in flight when stopped, and gives the rest back`() async throws {
    let gate = Gate()
    let provider = InMemoryProvider(messagesUnderWay: 2) { request, _ in
      if request.hasPrefix("(message)") { await gate.pass() }
      return nil
    }
    let relay = try TestRelay()
    for number in 1...10 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("begun") { provider.count(of: "(message)") > 0 }
    async let stopped: Void = relay.stop()
    try await eventually("the rest given back") { try await relay.attempted() == 2 }
    gate.open()
    await stopped
    try await eventually("settled") { relay.counts().totals.delivered == provider.arrivals.count }
    let left = try await relay.spool.list()
    #expect(provider.arrivals.map(\.subject) == ["1", "2"])
    #expect(left.count == 8 && left.allSatisfy { $0.attempts == 0 && $0.due <= relay.time.now })
  }

  @Test func `breaks off after its time of grace, and what may have been sent is marked so`() async throws {
    let gate = Gate()
    let provider = InMemoryProvider { request, _ in
      if request.hasPrefix("(message)") { await gate.pass() }
      return nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello")
    try await eventually("begun") { provider.count(of: "(message)") == 1 }
    let start = relay.time.now
    async let stopped: Void = relay.stop()
    try await relay.untilAsleep(for: 2...2)
    relay.advance(by: .seconds(2))
    await stopped
    #expect(relay.time.now == start + 2)
    try await eventually("marked") { try await relay.spool.show(id)?.message.perhapsSent == true }
    gate.open()
  }

  @Test func `breaks off a sign-in that hangs, and the message has lost nothing`() async throws {
    let gate = Gate()
    let provider = InMemoryProvider { _, _ in
      await gate.pass()
      return nil
    }
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello")
    try await eventually("begun") { provider.count(of: "(greeting)") == 1 }
    async let stopped: Void = relay.stop()
    try await relay.untilAsleep(for: 2...2)
    relay.advance(by: .seconds(2))
    await stopped
    try await eventually("given back") { try await relay.spool.show(id)?.message.attempts == 0 }
    gate.open()
  }
}
