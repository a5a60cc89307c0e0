// The arrows of a message's life, each cut before its commit and after it.

import Spool
import Testing

extension SpoolEnginePromise {
  /// Changes what is stored, within a transaction. `id` is a message that waits, with a lease for the arrows from there.
  private struct Arrow: Sendable {
    let name: String
    var needsLease = false
    let change: @Sendable (any SpoolEngine, MessageID) throws -> Void
  }

  private static let arrows = [
    Arrow(name: "arriving → waiting") { engine, _ in
      _ = try engine.insert(message("new"), bodyName: nil, receivedAt: noon, leasedUntil: nil)
    },
    Arrow(name: "arriving → claimed") { engine, _ in
      _ = try engine.insert(message("new"), bodyName: nil, receivedAt: noon, leasedUntil: noon + anHour)
    },
    Arrow(name: "waiting → claimed") { engine, _ in
      let request = LeaseRequest(entity: "acme", now: noon, mostMessages: 1, mostOctets: .max)
      _ = try engine.leaseDue(request, until: { _ in noon + anHour }, except: nobody)
    },
    Arrow(name: "claimed → waiting", needsLease: true) { engine, id in
      try engine.addAttempt(attempt(1), to: id)
      try update(id, in: engine) { ($0.owner, $0.isDeferred, $0.due) = (nil, true, noon + anHour) }
    },
    Arrow(name: "claimed → settled", needsLease: true) { engine, id in
      _ = try engine.remove([delivered(id, term: 1)])
      try engine.addTotals(Counts.Totals(delivered: 1), lastDeliveredAt: noon, to: "acme")
    },
    Arrow(name: "claimed → failed", needsLease: true) { engine, id in
      try update(id, in: engine) { ($0.owner, $0.state) = (nil, .failed) }
    },
    Arrow(name: "waiting → held") { engine, id in try update(id, in: engine) { $0.state = .held } },
    Arrow(name: "arriving → held") { engine, _ in
      var new = message("new")
      new.hold = "mode hold"
      _ = try engine.insert(new, bodyName: nil, receivedAt: noon, leasedUntil: nil)
    },
    Arrow(name: "held → another entity's") { engine, id in
      try update(id, in: engine) { $0.state = .waiting }
      try engine.move(id, to: "b")
      try engine.addTotals(Counts.Totals(accepted: -1), lastDeliveredAt: nil, to: "acme")
      try engine.addTotals(Counts.Totals(accepted: 1), lastDeliveredAt: nil, to: "b")
    },
    Arrow(name: "waiting → deleted") { engine, id in try engine.delete(id) },
  ]

  private static func update(
    _ id: MessageID, in engine: any SpoolEngine, _ change: (inout MessageRecord) -> Void
  ) throws {
    var record = try #require(try engine.record(id))
    change(&record)
    try engine.update(record)
  }

  static let crashes =
    arrows.map { arrow in
      SpoolEnginePromise("cut at an arrow, either all of it is stored or nothing: \(arrow.name)") { storage in
        let first = try storage.open()
        let id = try first.accept()
        if arrow.needsLease { _ = try first.lease() }
        let before = try contents(of: first)

        try first.begin(isDurable: true)
        try arrow.change(first, id)
        let after = try contents(of: first)
        #expect(before != after)
        first.abandon()
        let second = try storage.open()
        #expect(try contents(of: second) == before, "cut before the commit")

        try second.transact { try arrow.change($0, id) }
        second.abandon()
        let third = try storage.open()
        // Ids that were given in vain are not given again.
        #expect(try contents(of: third).map(\.withoutID) == after.map(\.withoutID), "cut after it")
        try third.close()
      }
    } + [
      SpoolEnginePromise("what was committed without waiting is there after a sync") { storage in
        let engine = try storage.open()
        try engine.begin(isDurable: false)
        let id = try engine.insert(message(), bodyName: nil, receivedAt: noon, leasedUntil: nil).id
        try engine.commit()
        try engine.sync()
        engine.abandon()
        let next = try storage.open()
        #expect(try next.record(id) != nil)
        try next.close()
      },
      SpoolEnginePromise("an engine that was abandoned works again once it is opened anew") { storage in
        let engine = try storage.open()
        let kept = try engine.accept()
        try engine.begin(isDurable: true)
        let lost = try engine.insert(message(), bodyName: nil, receivedAt: noon, leasedUntil: nil).id
        engine.abandon()
        engine.rollback()
        engine.maintain()
        #expect(throws: EngineFailure.self) { try engine.begin(isDurable: true) }
        try engine.reopen()
        #expect(try engine.record(kept) != nil && engine.record(lost) == nil)
        #expect(try engine.accept() > kept)
        try engine.close()
      },
    ]

  /// Everything about the first three messages and their entities, as text.
  private static func contents(of engine: any SpoolEngine) throws -> [String] {
    let records = try (1...3).compactMap { number -> String? in
      let id = MessageID(rawValue: Int64(number))
      guard var record = try engine.record(id) else { return nil }
      // Each engine is another owner.
      let isLeased = record.owner != nil
      record.owner = nil
      return "\(id): \(record) leased: \(isLeased) \(String(describing: try engine.body(of: id)?.count)) "
        + String(describing: try engine.lastAttempt(of: id))
    }
    return records + (try engine.census().map { "\($0)" }.sorted())
  }
}

extension String {
  fileprivate var withoutID: String { replacing(#/^\d+:|MessageID\(rawValue: \d+\)/#, with: "") }
}
