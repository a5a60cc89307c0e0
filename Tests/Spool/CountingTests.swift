// The counters are those of the records, whatever happens in whatever order.

import FoundationEssentials
import Message
import StorageConformance
import Support
import Testing

@testable import Spool

@Suite struct CountingTests {
  /// Of what the census counts, as it counts it.
  private func counted(_ spool: Spool) async throws -> Counts {
    var counts = Counts()
    for message in try await spool.list() {
      switch message.state {
      case .waiting: counts.queued += 1
      case .deferred: (counts.queued, counts.deferred) = (counts.queued + 1, counts.deferred + 1)
      case .held: (counts.queued, counts.heldByHand) = (counts.queued + 1, counts.heldByHand + 1)
      case .unknown: (counts.queued, counts.unknown) = (counts.queued + 1, counts.unknown + 1)
      case .filing: counts.filing += 1
      case .failed: counts.failed += 1
      case .damaged: counts.damaged += 1
      }
    }
    return counts
  }

  private func expectCounted(_ spool: Spool, _ what: String) async throws {
    let (told, counted) = (spool.acme, try await counted(spool))
    #expect(
      [told.queued, told.deferred, told.heldByHand, told.unknown, told.filing, told.failed, told.damaged]
        == [
          counted.queued, counted.deferred, counted.heldByHand, counted.unknown, counted.filing, counted.failed,
          counted.damaged,
        ],
      "after \(what)")
  }

  /// Thirty messages that have been deferred and are held, and a kill of the command between its two transactions.
  @Test func `messages that are released and sent before they are counted anew leave no negative counter`() async throws
  {
    try await withSpool { spool in
      for _ in 0..<30 { try await spool.accept(message(), now: Date()) }
      spool.open("acme")
      for message in await spool.take(30) { spool.settle(message.id, .all(message, .deferred("450")), now: Date()) }
      try await spool.hold(.all(entity: nil), now: Date())
      try await expectCounted(spool, "hold")
      // What `release` does, without its end.
      for id in try await spool.list().map(\.id) {
        _ = try await spool.change { (batch) throws(EngineFailure) in
          guard var record = try batch.engine.record(id) else { return false }
          return try batch.release(&record)
        }
        try await expectCounted(spool, "release of \(id)")
      }
      #expect(spool.acme.deferred == 30 && spool.acme.heldByHand == 0)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `any order of what apps, queues and people do leaves the counters right after each step`(
    seed: UInt64
  ) async throws {
    var random = SeededRandom(seed: seed)
    try await withSpool { spool in
      spool.open("acme")
      var underWay: [SpooledMessage] = []
      for step in 0..<200 {
        let ids = try await spool.list().map(\.id)
        let some = ids.filter { _ in Bool.random(using: &random) }
        let what = Int.random(in: 0..<9, using: &random)
        switch what {
        case 0, 1: try await spool.accept(message(to: [ada, bob]), now: Date())
        case 2: underWay += spool.context.inbox.takeReady(of: "acme", atMost: 3) ?? []
        case 3, 4:
          guard let message = underWay.popLast() else { continue }
          let ends: [RecipientOutcome] = [.delivered("250"), .deferred("450"), .failed("550")]
          spool.settle(
            message.id,
            Settlement(
              recipients: message.envelope.recipients.map { ($0, ends.randomElement(using: &random) ?? ends[0]) },
              due: Date(), returned: Int.random(in: 0..<5, using: &random) == 0), now: Date())
        case 5: try await spool.hold(.ids(some), now: Date())
        case 6: try await spool.release(.ids(some), now: Date())
        case 7: try await spool.retry(.ids(some), now: Date())
        default: try await spool.delete(.ids(Array(some.prefix(1))), now: Date())
        }
        // Not `flush`, which counts anew.
        try await spool.change { (_) throws(EngineFailure) in }
        try await expectCounted(spool, "step \(step), \(what)")
      }
    }
  }
}
