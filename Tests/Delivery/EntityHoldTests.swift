// All mail of an entity is kept back by a person, and goes out again.

import Delivery
import Foundation
import Mailboxes
import Spool
import Support
import Testing
import TransportSupport

@Suite struct `An entity on hold` {
  private let root = Requester(key: "uid:0", name: "root")

  @Test func `sends nothing, over a restart, and all of it when it is released`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.accept("before")
    try await eventually("delivered") { relay.counts().totals.delivered == 1 }
    _ = try await relay.store.hold("acme", by: root)
    try await eventually("the queue has ended") { await relay.outlook() == nil }
    for number in 1...3 { try await relay.accept("\(number)") }
    #expect(relay.counts().queued == 3)
    await relay.stop()
    relay.start()
    #expect(relay.counts().totals.delivered == 1)
    try await relay.spool.renew("acme", now: relay.time.now)
    #expect(try await relay.store.release("acme", by: root))
    try await eventually("delivered") { relay.counts().totals.delivered == 4 }
    #expect(provider.arrivals.map(\.subject) == ["before", "1", "2", "3"])
  }

  @Test func `does not grow too old meanwhile, nor at once when it is released`() async throws {
    let relay = try TestRelay(entities: ["acme", "beta"], maximumAge: .seconds(3_600))
    _ = try await relay.store.hold("acme", by: root)
    try await relay.accept("on hold")
    try await relay.accept("of an entity without a mailbox", for: "beta")
    try await relay.pass("beta's has failed") { relay.counts("beta").failed == 1 }
    #expect(relay.counts().queued == 1)
    try await relay.spool.renew("acme", now: relay.time.now)
    let expired = try await relay.spool.expire("acme", olderThan: .seconds(3_600), now: relay.time.now) { _, _ in nil }
    #expect(expired == 0)
    let due = try #require(try await relay.spool.list(entity: "acme").first).due
    #expect(abs(due.timeIntervalSince(relay.time.now)) < 0.01)
  }
}
