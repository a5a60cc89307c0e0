// What the writer thread knows of the spool without asking the engine: counts and due times of each entity, and what is
// claimed here.

/// Kept beside the storage so that nobody has to count there again. A batch reads it; only a batch that is stored changes
/// it.
final class Ledger {
  private(set) var entities: [String: EntityLedger] = [:]
  private(set) var claimed: [MessageID: ClaimedMessage] = [:]
  /// Entities whose messages are being made due: not claimed before all are, so that the oldest goes first.
  private(set) var releasing: Set<String> = []

  /// - Returns: whether something of `entity` can be claimed at `now`, as far as is known here.
  func hasDue(_ entity: String, at now: Timestamp) -> Bool { entities[entity]?.hasDue(at: now) ?? false }

  /// Open entities whose window runs low while something of theirs is due.
  func claimable(in rooms: [String: WindowRoom], at now: Timestamp) -> [String] {
    rooms.compactMap { entity, room in
      room.wantsMore && !releasing.contains(entity) && hasDue(entity, at: now) ? entity : nil
    }
  }

  /// How soon one of those has something due.
  func untilDue(in rooms: [String: WindowRoom], at now: Timestamp) -> Duration? {
    let due = rooms.compactMap { entity, room in
      room.wantsMore && !releasing.contains(entity) ? entities[entity]?.earliestDue : nil
    }
    return due.map { Schedule.isDue($0, at: now) ? .zero : $0 - now }.min()
  }

  func apply(_ result: BatchResult) {
    for id in result.ended { claimed[id] = nil }
    for (id, standing) in result.standings { claimed[id]?.standing = standing }
    for (message, claim) in result.claimed { claimed[message.id] = claim }
    for (entity, delta) in result.deltas { entities[entity, default: EntityLedger()].apply(delta) }
    releasing.formUnion(result.beginsReleasing)
    releasing.subtract(result.endsReleasing)
  }

  var hasDamaged: Bool { entities.values.contains { $0.counts.damaged > 0 } }

  /// Whether a counter of one of these entities says what cannot be.
  func isImpossible(_ entities: some Collection<String>) -> Bool {
    entities.contains { self.entities[$0]?.counts.isImpossible ?? false }
  }

  // MARK: Asking the engine

  /// Counts everything anew. What was claimed may have been held or deleted since.
  ///
  /// - Parameter withdraw: takes back those that have not been started, and returns them.
  func recount(
    from engine: any SpoolEngine, withdrawing withdraw: (Set<MessageID>) -> [MessageID]
  ) throws(EngineFailure) {
    entities = Dictionary(uniqueKeysWithValues: try engine.census().map { ($0.entity, EntityLedger($0)) })
    for id in withdraw(try reviseClaims(by: engine)) { claimed[id] = nil }
    _ = try findOldest(in: engine)
  }

  /// - Returns: those that cannot be sent any more.
  private func reviseClaims(by engine: any SpoolEngine) throws(EngineFailure) -> Set<MessageID> {
    var gone: Set<MessageID> = []
    for (id, claim) in claimed {
      let record = try engine.record(id)
      if let record { claimed[id]?.standing = record.standing }
      if record?.state != .waiting || record?.term != claim.lease.term { gone.insert(id) }
    }
    return gone
  }

  /// Looks for the oldest message of those entities whose last one known has gone.
  ///
  /// - Returns: those entities.
  func findOldest(in engine: any SpoolEngine) throws(EngineFailure) -> [String] {
    let unknown = entities.filter { $0.value.lacksOldest }
    for (entity, record) in unknown {
      entities[entity]?.setOldest(try engine.oldest(of: entity, from: record.oldestFrom))
    }
    return Array(unknown.keys)
  }
}

/// One entity's part of the ledger.
struct EntityLedger {
  private(set) var counts = Counts()
  /// No unclaimed message is due before this; `nil`: none waits unclaimed.
  private(set) var earliestDue: Timestamp?
  /// Of the queued. `nil` with messages queued: look from `oldestFrom` on.
  private var oldest: MessageID?
  /// Goes on from the last one known, never back: all looking of a lifetime reads each record once.
  private(set) var oldestFrom = MessageID(rawValue: 0)

  init() {}

  init(_ census: EntityCensus) {
    counts = census.counts
    earliestDue = census.earliestDue
  }

  func hasDue(at now: Timestamp) -> Bool { earliestDue.map { Schedule.isDue($0, at: now) } ?? false }

  /// The oldest queued message has gone, and the next one is not known yet.
  var lacksOldest: Bool { oldest == nil && counts.queued > 0 }

  mutating func setOldest(_ found: (id: MessageID, receivedAt: Timestamp)?) {
    oldest = found?.id
    if let found { oldestFrom = found.id }
    counts.oldestReceivedAt = found?.receivedAt.date
  }

  mutating func apply(_ delta: CounterDelta) {
    if let oldest, let gone = delta.firstDeparted, gone <= oldest { self.oldest = nil }
    if counts.queued == 0, delta.queued > 0, let first = delta.first { setOldest(first) }
    counts.add(delta)
    if counts.queued <= 0 { setOldest(nil) }
    if let known = delta.knownDue { earliestDue = known }
    if let due = delta.due { earliestDue = min(earliestDue ?? due, due) }
  }
}

extension Counts {
  fileprivate var isImpossible: Bool {
    min(queued, heldByHand, deferred, unknown, filing, failed, damaged) < 0 || heldByHand + deferred + unknown > queued
  }

  fileprivate mutating func add(_ delta: CounterDelta) {
    queued += delta.queued
    heldByHand += delta.held
    deferred += delta.deferred
    unknown += delta.unknown
    filing += delta.filing
    failed += delta.failed
    damaged += delta.damaged
    totals.accepted += delta.totals.accepted
    totals.delivered += delta.totals.delivered
    totals.failed += delta.totals.failed
    if let time = delta.lastDeliveredAt { lastDeliveredAt = time.date }
    if let time = delta.lastFailedAt { lastFailedAt = time.date }
  }
}
