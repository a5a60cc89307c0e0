// One transaction of the writer thread. The arrows of a message's life are its methods, each in a file of its own; what
// they mean stands above `Spool`.

import Logging
import Message
import SMTP

/// Changes records through the engine and notes in `result` what that will mean once it is stored.
struct Batch {
  let engine: any SpoolEngine
  let ledger: Ledger
  let bodies: any BodyStore
  let schedule = Schedule()
  let now: Timestamp
  let log: Logger
  let settings: HistorySettings
  /// `nil`: no row is written, because none is wanted or the disk is short of room.
  let history: HistorySettings?
  /// Otherwise the disk is so full that mail needs what is left.
  let hasRoomForHistory: Bool
  /// What is left of each open window.
  var rooms: [String: WindowRoom]
  var result = BatchResult()
  /// Removed together, after all requests.
  var deliveries: [Delivery] = []

  init(
    engine: any SpoolEngine, ledger: Ledger, bodies: any BodyStore, now: Timestamp, log: Logger,
    rooms: [String: WindowRoom], history settings: HistorySettings = .off, hasRoomForHistory: Bool = true
  ) {
    self.engine = engine
    self.ledger = ledger
    self.bodies = bodies
    self.now = now
    self.log = log
    self.rooms = rooms
    self.settings = settings
    self.hasRoomForHistory = hasRoomForHistory
    history = settings.isOn && hasRoomForHistory ? settings : nil
  }

  /// Does all of it, up to the commit, which is the caller's.
  mutating func perform(_ requests: [WriterRequest], claiming entities: [String]) throws(EngineFailure) {
    for request in requests { try perform(request) }
    try removeDelivered()
    for entity in entities { try claim(entity) }
    try addTotals()
  }

  private mutating func perform(_ request: WriterRequest) throws(EngineFailure) {
    switch request {
    case .accept(let message, let now, let continuation):
      result.accepted.append((continuation, try accept(message, at: now)))
    case .settle(let id, let settlement, let now): try settle(id, settlement, at: now)
    case .giveBack(let ids): try giveBack(ids)
    case .makeDue(let entity, let place, let now): try makeDue(entity, after: place, at: now)
    case .pruneHistory: try pruneHistory()
    case .change(let change): result.changes.append(try change.work(&self))
    }
  }

  /// Once a batch, not once a message.
  private func addTotals() throws(EngineFailure) {
    for (entity, delta) in result.deltas where delta.totals != Counts.Totals() {
      try engine.addTotals(delta.totals, lastDeliveredAt: delta.lastDeliveredAt, to: entity)
    }
  }

  /// - Returns: whether the window of `entity` is open and takes `octets` more.
  mutating func reserve(_ octets: Int, for entity: String) -> Bool {
    rooms[entity]?.reserve(octets) ?? false
  }

  /// Counters of one entity, to be changed.
  subscript(entity: String) -> CounterDelta {
    get { result.deltas[entity] ?? CounterDelta() }
    _modify { yield &result.deltas[entity, default: CounterDelta()] }
  }

  func nextAttempt(after attempt: Int, at now: Timestamp) -> Timestamp {
    now + schedule.delay(afterAttempt: attempt, jitter: .random(in: -1...1))
  }

  /// - Returns: `nil` where the body stored beside the record is missing.
  func content(of record: MessageRecord) throws(EngineFailure) -> MessageContent? {
    guard let name = record.bodyName else { return try engine.body(of: record.id).map { .octets($0) } }
    return .stored(bodies.body(named: name, octetCount: record.octetCount))
  }
}

extension Batch {
  /// Whether a message is claimed here, be it in this same batch: what was accepted long before its batch came to it has a
  /// lease that is over already. One that was settled in this same batch is not any more: it may be claimed again
  /// and made due, for nobody would come back for it.
  var isUnderWay: (MessageID) -> Bool {
    let ended = Set(result.ended)
    let begun = Set(result.claimed.map(\.message.id))
    return { [ledger] id in begun.contains(id) || ledger.claimed[id] != nil && !ended.contains(id) }
  }
}
