// A mailbox's lane, with a real spool behind it and a provider before it.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import Support
import Testing

@testable import Delivery

@Suite struct `A lane` {
  @Test func `delivers what is accepted, under the mailbox's address`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "bob"])
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    let arrival = try #require(provider.arrivals.first)
    #expect(arrival.sender == "office@firm.example")
    #expect(arrival.recipients == ["ada@example.org", "bob@example.org"])
    #expect(arrival.text.contains("From: ERP <office@firm.example>\r\n"))
    #expect(arrival.text.hasSuffix("\r\n\r\nhello\r\n"))
    #expect(try await relay.spool.show(id) == nil)
    let line = try #require(relay.log.all.first { $0.hasPrefix("attempt") })
    #expect(line == "attempt entity=acme id=\(id) outcome=delivered recipients=2 words=250 2.0.0 taken")
  }

  @Test func `keeps its session open between messages and closes it when idle`() async throws {
    let provider = try FakeProvider()
    var pace = Relaying.pace
    pace.idle = .milliseconds(300)
    let relay = try Relaying(pace: pace)
    try await relay.connect(to: provider)
    for number in 1...5 {
      try await relay.accept("\(number)")
      try await eventually("delivered") { relay.counts().totals.delivered == number }
    }
    #expect(provider.sessions == 1)
    try await eventually("closed") { provider.count(of: "QUIT") == 1 }
    try await relay.accept("6")
    try await eventually("delivered again") { relay.counts().totals.delivered == 6 }
    #expect(provider.sessions == 2)
  }

  @Test func `sends what waited for a connection, oldest first, with one session`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying()
    for number in 1...40 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 40 }
    #expect(provider.arrivals.map(\.subject) == (1...40).map { "\($0)" })
    #expect(provider.mostOpen == 1)
  }

  @Test func `opens up to three sessions for a long queue`() async throws {
    let provider = try FakeProvider { command, _ in
      if command.hasPrefix("MAIL") { usleep(2_000) }
      return nil
    }
    var pace = Relaying.pace
    pace.backlogPerSession = 4
    let relay = try Relaying(pace: pace)
    for number in 1...100 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("all delivered") { relay.counts().totals.delivered == 100 }
    #expect(provider.mostOpen > 1 && provider.mostOpen <= 3)
  }

  @Test func `of one entity shares no session with another's, though the host is the same`() async throws {
    let provider = try FakeProvider()
    let relay = try Relaying(entities: ["acme", "bolt"])
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
    let first = try FakeProvider { command, _ in command.hasPrefix("MAIL") ? "451 4.9.9 Not now" : nil }
    let second = try FakeProvider()
    let relay = try Relaying()
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
    let provider = try FakeProvider { command, _ in
      command == "RCPT TO:<nobody@example.org>" ? "550 5.1.1 No such user" : nil
    }
    let relay = try Relaying()
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
    let provider = try FakeProvider { command, _ in command.hasPrefix("RCPT") ? "550 5.1.1 No such user" : nil }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    try await relay.accept("hello")
    try await eventually("both failed") { relay.counts().failed == 2 }
    try await Task.sleep(for: .milliseconds(200))
    #expect(relay.counts().queued == 0 && relay.counts().totals.accepted <= 2)
  }

  @Test func `tries a recipient that was put off again, and only that one`() async throws {
    let provider = try FakeProvider { command, _ in
      command == "RCPT TO:<bob@example.org>" ? "451 4.7.1 Greylisted" : nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello", to: ["ada", "bob"])
    try await eventually("deferred") { relay.counts().deferred == 1 }
    let waiting = try #require(try await relay.spool.show(id))
    #expect(waiting.recipients.map(\.0.localPart) == ["bob"])
    #expect(waiting.message.due.timeIntervalSinceNow > 250, "five minutes, as greylisting wants")
    provider.answer { _, _ in nil }
    try await relay.spool.retry(.ids([id]), now: Date())
    try await eventually("gone") { relay.counts().queued == 0 }
    #expect(provider.arrivals.map(\.recipients) == [["ada@example.org"], ["bob@example.org"]])
  }

  @Test func `finishes what is in flight when stopped, and gives the rest back`() async throws {
    let provider = try FakeProvider { command, _ in
      if command.hasPrefix("(message)") { usleep(300_000) }
      return nil
    }
    let relay = try Relaying()
    for number in 1...10 { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    try await eventually("begun") { provider.count(of: "MAIL") > 0 }
    await relay.stop()
    try await eventually("settled") { relay.counts().totals.delivered == provider.arrivals.count }
    let left = try await relay.spool.list()
    #expect(left.count + provider.arrivals.count == 10)
    #expect(left.allSatisfy { $0.attempts == 0 && $0.due <= Date() })
  }

  @Test func `breaks off after its time of grace, and what may have been sent is marked so`() async throws {
    let provider = try FakeProvider { command, _ in
      if command.hasPrefix("(message)") { sleep(4) }
      return nil
    }
    let relay = try Relaying()
    try await relay.connect(to: provider)
    let id = try await relay.accept("hello")
    try await eventually("begun") { provider.count(of: "BDAT") == 1 }
    let start = ContinuousClock.now
    await relay.stop()
    #expect(ContinuousClock.now - start < .seconds(3.5))
    try await eventually("marked") { try await relay.spool.show(id)?.message.perhapsSent == true }
  }
}
