// A sign-in that lapsed is told before there is mail for it.

import Delivery
import Diagnosis
import Foundation
import Mailboxes
import Support
import Synchronization
import Testing
import TransportSupport

@Suite struct `A queue without mail` {
  @Test func `uses its sign-in each hour, and raises the flag when it is of no use any more`() async throws {
    let uses = Mutex<[Date]>([])
    let relay = try TestRelay()
    try await relay.connect(to: InMemoryProvider()) { [time = relay.time] () throws(TransportError) in
      let count = uses.withLock { uses in
        uses.append(time.now)
        return uses.count
      }
      if count == 3 { throw .token(.refused(error: "invalid_grant", description: "gone")) }
    }
    try await relay.pass("the flag is up") { try await relay.isFlagged(probe: false) }
    let times = uses.withLock { $0 }
    #expect(times.count == 3)
    #expect(times[0] > noon, "from a moment of the first hour that is its own")
    #expect(zip(times, times.dropFirst()).allSatisfy { $1.timeIntervalSince($0) >= 3_600 })
  }

  @Test func `that needs no such use leaves it alone, and ends when it is told to`() async throws {
    let provider = InMemoryProvider()
    let relay = try TestRelay()
    try await relay.connect(to: provider)
    try await relay.untilAsleep(for: 60...60)
    await relay.stop()
    #expect(provider.sessions == 0)
    #expect(try await relay.condition() == .working)
  }
}
