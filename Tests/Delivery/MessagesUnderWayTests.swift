// A queue with several messages under way on one session: what becomes of them when something goes wrong in between.

import Delivery
import Foundation
import Mailboxes
import Spool
import Support
import Testing
import TransportSupport

@Suite struct `A queue with much to send over one session` {
  private func relay(_ count: Int, to provider: InMemoryProvider) async throws -> TestRelay {
    let relay = try TestRelay(limits: SendingLimits(maxConnections: 1))
    for number in 1...count { try await relay.accept("\(number)") }
    try await relay.connect(to: provider)
    return relay
  }

  @Test func `sends what a 421 kept from being answered once more and nothing twice`() async throws {
    let provider = InMemoryProvider { request, session in
      session == 1 && request.hasPrefix("(message)") && request.contains("Subject: 20\r\n")
        ? "421 4.3.2 Shutting down" : nil
    }
    let relay = try await relay(60, to: provider)
    try await eventually("all but one") { relay.counts().totals.delivered == 59 }
    #expect(relay.counts().queued == 1 && relay.counts().deferred == 1)
    let left = try await relay.spool.list()
    #expect(left.allSatisfy { !$0.perhapsSent && $0.attempts == 1 })
    #expect(provider.arrivals.map(\.subject) == (1...60).filter { $0 != 20 }.map { "\($0)" })
  }

  @Test func `marks what a broken line left unanswered, one and all, and sends the rest on`() async throws {
    let provider = InMemoryProvider { request, session in
      session == 1 && request.hasPrefix("(message)") && request.contains("Subject: 20\r\n") ? .hangUp : nil
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
    let provider = InMemoryProvider { request, _ in
      request.hasPrefix("(message)") && request.contains("Subject: 20\r\n")
        ? "432 4.3.2 Concurrent connections limit exceeded" : nil
    }
    let relay = try await relay(60, to: provider)
    try await eventually("paused") { try await relay.isPaused() }
    try await eventually("all answered") {
      let left = try await relay.spool.list()
      return left.count + provider.arrivals.count == 60 && left.allSatisfy { !$0.perhapsSent && $0.attempts == 0 }
    }
    #expect(provider.arrivals.count > 20, "those behind it had been handed over")
  }

  @Test func `has one session where one is allowed, also while the last is ending or its mailbox is connected anew`()
    async throws
  {
    let provider = InMemoryProvider { request, _ in
      if request == "QUIT" { for _ in 0..<100 { await Task.yield() } }
      return nil
    }
    let relay = try TestRelay(limits: SendingLimits(maxConnections: 1))
    try await relay.connect(to: provider)
    for number in 1...30 {
      try await relay.accept("\(number)")
      if number % 10 == 0 { try await relay.connect(to: provider) }
      if number % 3 == 0 {
        try await eventually("delivered") { provider.arrivals.count == number }
        let ended = provider.count(of: "QUIT")
        try await relay.pass("ending") { provider.count(of: "QUIT") > ended || provider.open == 0 }
      }
    }
    try await eventually("all arrived") { provider.arrivals.count == 30 }
    #expect(provider.sessions > 2, "some have ended meanwhile")
    #expect(provider.mostOpen == 1)
  }
}
