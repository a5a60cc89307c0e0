// A queue with several messages under way on one session: who pays for what goes wrong in between.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import Support
import Testing

@testable import Delivery

@Suite struct `A lane with much to send` {
  /// One session to a provider some way off.
  private func relay(_ count: Int, to provider: FakeProvider) async throws -> Relaying {
    let relay = try Relaying(limits: SendingLimits(maxConnections: 1))
    for number in 1...count { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    return relay
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
