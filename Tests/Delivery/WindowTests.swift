// Several messages under way on one session: whose replies are whose, and who pays for what goes wrong in between.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import Support
import Testing

@testable import Delivery

/// Writes all messages before it hears what is said to any.
///
/// - Parameter afterwards: looks at the session that has heard all.
private func together(
  _ messages: [OutgoingMessage], cut: Pieces = .whole, script: String,
  afterwards: @escaping @Sendable (UpstreamSession) -> Void = { _ in }
) async throws -> [Transmission] {
  let peer = try ScriptedPeer(script, cut: cut, certificate: nil)
  let loop = EventLoop(name: "test")
  loop.start()
  defer { loop.stop() }
  let opener = SessionOpener(.test(at: peer.endpoint), through: .test, patience: briefly, tokens: nil)
  let transmissions = try await loop.run {
    let session = try await opener.open(on: loop)
    var flights: [Flight] = []
    for message in messages {
      flights.append(session.board(message))
      await session.write(flights[flights.count - 1])
    }
    var transmissions: [Transmission] = []
    for flight in flights { transmissions.append(await session.hear(flight, now: noon)) }
    afterwards(session)
    await session.quit()
    return transmissions
  }
  _ = try await peer.finish()
  return transmissions
}

private let pipelining = opening("PIPELINING", "CHUNKING")

/// Three messages to one recipient each.
private let three = ["ada", "bob", "cyd"].map { OutgoingMessage.test(to: $0) }
private let threeWritten = """
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<ada@example.org>
  C: BDAT 25 LAST
  C: (body)
  C: RSET
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<bob@example.org>
  C: BDAT 25 LAST
  C: (body)
  C: RSET
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<cyd@example.org>
  C: BDAT 25 LAST
  C: (body)

  """
@Suite struct `Messages under way on one session` {
  @Test(arguments: Pieces.allWays)
  func `are answered in their order, however the replies are cut`(cut: Pieces) async throws {
    let transmissions = try await together(
      three, cut: cut,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 one
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250-2.0.0 two
        S: 250 2.0.0 lines
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 three

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.delivered], [.delivered]])
    #expect(transmissions.map { $0.outcomes[0].words } == ["250 2.0.0 one", "250 2.0.0 two lines", "250 2.0.0 three"])
  }

  @Test func `bear no grudge for a MAIL refused between them`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 452 4.3.1 Not now
        S: 503 5.5.1 Need MAIL
        S: 503 5.5.1 Need MAIL
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.deferred], [.delivered]])
    #expect(transmissions[1].outcomes[0].words == "452 4.3.1 Not now")
  }

  @Test func `bear no grudge for a recipient refused between them`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 550 5.1.1 No such user
        S: 554 5.5.1 No valid recipients
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.failed], [.delivered]])
    #expect(transmissions[1].outcomes[0].words == "550 5.1.1 No such user")
  }

  @Test func `are perhaps sent when the line breaks before their replies, and only those`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: (closes)
        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.deferred], [.deferred]])
    #expect(transmissions.map(\.perhapsSent) == [false, true, true])
  }

  @Test func `are perhaps sent only as far as they were written`() async throws {
    let long = (1...400).map { _ in OutgoingMessage.test(to: "ada", body: String(repeating: "x", count: 60_000)) }
    let transmissions = try await together(
      long,
      script: pipelining + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 60017 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: (closes)
        """)
    let written = transmissions.dropFirst().prefix { $0.perhapsSent }
    #expect(transmissions.dropFirst().allSatisfy { $0.outcomes.map(\.kind) == [.deferred] })
    #expect(written.count < 399 && transmissions.dropFirst(1 + written.count).allSatisfy { !$0.perhapsSent })
  }

  @Test(arguments: [("", true), ("S: 250 2.0.0 And one more\n", false)])
  func `leave behind a session that is used again, unless it said more than it was asked`(
    more: String, isUsable: Bool
  ) async throws {
    let transmissions = try await together(
      [three[0]],
      script: pipelining + threeWritten.split(separator: "C: RSET")[0] + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 one

        """ + more + (isUsable ? "C: QUIT\nS: 221 2.0.0 Bye\n" : "")
    ) { session in #expect(session.isUsable == isUsable) }
    #expect(transmissions.map { $0.outcomes[0].words } == ["250 2.0.0 one"])
  }
}

@Suite struct `A lane with much to send` {
  /// One session to a provider some way off.
  private func relay(_ count: Int, to provider: FakeProvider) async throws -> Relaying {
    let relay = try Relaying(limits: SendingLimits(maxConnections: 1))
    for number in 1...count { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    return relay
  }

  @Test func `does not pay the distance for each message`() async throws {
    let provider = try FakeProvider(distance: .milliseconds(50))
    let start = ContinuousClock.now
    let relay = try await relay(150, to: provider)
    try await eventually("all arrived") { provider.arrivals.count == 150 }
    #expect(ContinuousClock.now - start < .seconds(4), "one by one it takes at least 7.5")
    #expect(provider.arrivals.map(\.subject) == (1...150).map(String.init))
    #expect(provider.mostOpen == 1)
    try await eventually("settled") { relay.counts().queued == 0 && relay.counts().totals.delivered == 150 }
  }

  @Test func `waits for each answer where the server does not take chunks`() async throws {
    let provider = try FakeProvider(extensions: ["PIPELINING"], distance: .milliseconds(5))
    let relay = try await relay(10, to: provider)
    try await eventually("all arrived") { provider.arrivals.count == 10 }
    #expect(provider.count(of: "RSET") == 0 && provider.count(of: "DATA") == 10)
    try await eventually("settled") { relay.counts().queued == 0 }
  }

  @Test func `sends what a 421 kept from being answered once more and nothing twice`() async throws {
    let provider = try FakeProvider(distance: .milliseconds(20)) { command, session in
      session == 1 && command.hasPrefix("(message)") && command.contains("Subject: 20\r\n")
        ? "421 4.3.2 Shutting down" : nil
    }
    let relay = try await relay(60, to: provider)
    try await eventually("all but one") { relay.counts().totals.delivered == 59 }
    #expect(relay.counts().queued == 1 && relay.counts().deferred == 1)
    let left = try await relay.spool.list()
    #expect(left.allSatisfy { !$0.perhapsSent && $0.attempts == 1 })
    #expect(Set(provider.arrivals.map(\.subject)).count >= 59)
  }

  @Test func `marks what a broken line left unanswered, one and all, and sends the rest on`() async throws {
    let provider = try FakeProvider(distance: .milliseconds(20)) { command, session in
      session == 1 && command.hasPrefix("(message)") && command.contains("Subject: 20\r\n") ? "" : nil
    }
    let relay = try await relay(100, to: provider)
    try await eventually("the rest") { relay.counts().totals.delivered + relay.counts().deferred == 100 }
    let left = try await relay.spool.list()
    #expect(left.count > 1, "others were under way")
    #expect(left.allSatisfy { $0.perhapsSent && $0.attempts == 1 })
    #expect(
      provider.arrivals.count == 100 - left.count && Set(provider.arrivals.map(\.subject)).count == 100 - left.count)
    #expect(try await relay.condition() == .working, "one broken line is one setback")
  }

  @Test func `settles each by its own words when the provider asks for a pause in between`() async throws {
    let provider = try FakeProvider(distance: .milliseconds(20)) { command, _ in
      command.hasPrefix("(message)") && command.contains("Subject: 20\r\n")
        ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let relay = try await relay(60, to: provider)
    try await eventually("paused") {
      if case .paused = try await relay.condition() { true } else { false }
    }
    try await eventually("heard out") {
      let left = try await relay.spool.list()
      return left.count + provider.arrivals.count == 60 && left.allSatisfy { !$0.perhapsSent && $0.attempts == 0 }
    }
    #expect(provider.arrivals.count > 20, "those behind it had been written")
  }
}

@Suite struct `One session allowed` {
  @Test func `is one, also while the last is ending or its mailbox is connected anew`() async throws {
    let provider = try FakeProvider(distance: .milliseconds(30))
    var pace = Relaying.pace
    pace.idle = .milliseconds(40)
    let relay = try Relaying(limits: SendingLimits(maxConnections: 1), pace: pace)
    try await relay.connect(to: provider)
    for number in 1...30 {
      try await relay.accept("\(number)")
      if number % 10 == 0 { try await relay.connect(to: provider) }
      try await Task.sleep(for: .milliseconds(number % 3 * 30))
    }
    try await eventually("all arrived") { provider.arrivals.count == 30 }
    #expect(provider.sessions > 2, "some have ended meanwhile")
    #expect(provider.mostOpen == 1)
  }
}

@Suite struct `The window of a session` {
  private func underway(_ octets: Int) -> Window.Underway {
    let envelope = Envelope(sender: nil, recipients: [])
    let message = SpooledMessage(
      id: MessageID(rawValue: 1), entity: "acme", envelope: envelope, content: .octets([]), receivedAt: noon)
    let attempt = Attempt(message: message, mailbox: .test(), entity: Entity(key: "acme", name: "ACME"), hostname: "h")
    let flight = Flight(envelope, hasReset: false, octets: Array(repeating: 0, count: octets))
    return Window.Underway(attempt: attempt, flight: flight, share: nil, isFirst: false)
  }

  @Test func `opens with what is delivered, to 64 at most`() {
    var window = Window()
    window.add(underway(1))
    #expect(!window.hasRoom, "one at first")
    for expected in 2...100 {
      window.removeFirst(delivered: true, promptWithin: .seconds(60))
      #expect(window.messages == min(expected, 64))
      window.add(underway(1))
    }
    while window.hasRoom { window.add(underway(1)) }
    #expect(window.count == 64)
  }

  @Test func `narrows by half with what is not, or not in time`() {
    var window = Window()
    for _ in 0..<20 {
      window.add(underway(1))
      window.removeFirst(delivered: true, promptWithin: .seconds(60))
    }
    window.add(underway(1))
    window.removeFirst(delivered: false, promptWithin: .seconds(60))
    #expect(window.messages == 10)
    window.add(underway(1))
    window.removeFirst(delivered: true, promptWithin: .seconds(-1))
    #expect(window.messages == 5)
  }

  @Test func `takes no more than a megabyte`() {
    var window = Window()
    for _ in 0..<64 {
      window.add(underway(1))
      window.removeFirst(delivered: true, promptWithin: .seconds(60))
    }
    while window.hasRoom { window.add(underway(64 << 10)) }
    #expect(window.count == 16)
    #expect(window.abandon().count == 16 && window.isEmpty)
  }
}
