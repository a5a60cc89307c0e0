// What the queues count, with a real spool behind them and a provider in memory before them.

import Diagnosis
import Foundation
import Mailboxes
import Platform
import SMTP
import Spool
import Support
import Testing
import Transport
import TransportSupport

@testable import Delivery

@Suite struct `A queue counts for monitoring` {
  @Test func `each message delivered once, with all its recipients, and the session while it is open`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.accept("one", to: ["ada", "bob"])
    try await relay.accept("two")
    relay.advance(by: .seconds(30))
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 2 }
    let counters = relay.counters.queue(of: "acme")
    let delay = counters.deliveryDelay.reading
    #expect(delay.count == 2 && delay.sum == 60)
    #expect(delay.buckets.filter { $0.count > 0 }.map(\.seconds) == [60, 300, 900, 3600, 14400, 86400])
    #expect(counters.recipientsDelivered.value == 3)
    #expect(counters.signIns.values == [.ok: 1, .refused: 0, .failed: 0])
    #expect(counters.openSessions.value == 1)
    try await eventually("nothing in flight") { counters.inFlight.value == 0 }
    await relay.stop()
    #expect(counters.openSessions.value == 0)
    #expect(counters.failures.values == ["message": 0, "recipient": 0, "age": 0])
  }

  @Test func `and tells how large a message may be, while it runs`() async throws {
    let provider = InMemoryProvider(capabilities: Capabilities(maximumOctets: 4_000_000))
    let relay = try TestRelay()
    let counters = relay.counters.queue(of: "acme")
    #expect(counters.maximumOctets == nil)
    try await relay.accept("one")
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    #expect(counters.maximumOctets == 4_000_000)
    await relay.stop()
    #expect(counters.maximumOctets == nil)
  }

  @Test func `a message that is refused, and one that is put off, by their classes`() async throws {
    let provider = InMemoryProvider { request, _ in
      if request.contains("<nobody@") { return "550 5.1.1 No such user" }
      if request.contains("<later@") { return "452 4.2.2 Mailbox full" }
      return nil
    }
    let relay = try TestRelay()
    try await relay.accept("one", to: ["nobody"])
    try await relay.accept("two", to: ["later"])
    try await relay.connect(to: provider)
    let counters = relay.counters.queue(of: "acme")
    try await relay.pass("failed and put off") {
      relay.counts().totals.failed == 1 && counters.deferrals.values["recipient"] ?? 0 >= 1
    }
    #expect(counters.failures.values["recipient"] == 1)
    // The report about it.
    try await relay.pass("reported") { relay.counts().totals.delivered == 1 }
    #expect(counters.deliveryDelay.reading.count == 1)
  }

  @Test func `a message that has waited too long, as failed of its age`() async throws {
    let relay = try TestRelay(maximumAge: .seconds(3600))
    try await relay.accept("old")
    relay.advance(by: .seconds(3700))
    try await relay.pass("expired") { relay.counts().totals.failed == 1 }
    try await eventually("counted") { relay.counters.queue(of: "acme").failures.values["age"] == 1 }
  }

  @Test(
    arguments: [
      (TransportError.answered(Reply(535, "No"), .signIn), QueueCounters.SignInResult.refused),
      (.answered(Reply(421, "Busy"), .greeting), .failed), (.refused, .failed),
      (.token(.refused(error: "invalid_grant", description: "")), .refused), (.token(.unavailable(words: "")), .failed),
    ] as [(TransportError, QueueCounters.SignInResult)])
  func `a sign-in by what came of it`(error: TransportError, result: QueueCounters.SignInResult) {
    #expect(QueueCounters.SignInResult(error) == result)
  }

  @Test func `what a mailbox may send in a day, and what of it is used`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay(limits: SendingLimits(messagesPerMinute: 30, recipientsPerDay: 10))
    try await relay.accept("one", to: ["ada", "bob"])
    try await relay.connect(to: provider)
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    let counters = relay.counters.queue(of: "acme")
    #expect(
      counters.sendingUse(at: relay.time.now) == SendingUse(recipientsInDay: 2, recipientsPerDay: 10, pace: 1))
    #expect(counters.sendingUse(at: relay.time.now + 25 * 3600)?.recipientsInDay == 0)
  }

  @Test func `mail of a sandbox and of senders nobody knows counts as that of others`() {
    let counters = DeliveryCounters()
    #expect(counters.queue(of: "acme?sandbox") === counters.queue(of: "?uid:33"))
    #expect(counters.queue(of: "acme") !== counters.queue(of: "other"))
    #expect(counters.all.keys.sorted() == ["acme", "other"])
  }
}
