// What lies in the spool, counted; kept beside the tables so that nobody has to count them again.

import FoundationEssentials
import GRDB
import System

/// The writer thread's; `Desk.counts` is the copy others read.
struct Ledger {
  struct Record {
    let name: String
    var counts = Counts()
    /// No unclaimed message is due before this; `nil`: none waits unclaimed.
    var earliestDue: Int64?
    /// Of the queued. `nil` with messages queued: look from `oldestFrom` on.
    var oldest: Int64?
    var oldestFrom: Int64 = 0
    var inFlight = 0

    func hasDue(at now: Int64) -> Bool { earliestDue.map { Store.isDue($0, at: now) } ?? false }
  }

  /// By the entity's number. Numbers start at 1; the first record stands for nobody.
  var records = [Record(name: "")]
  var numbers: [String: Int] = [:]
  /// Ids are never used twice, not even those of messages long gone.
  var nextID: Int64 = 1

  subscript(name: String) -> Record? { numbers[name].map { records[$0] } }

  mutating func apply(_ effects: Effects) {
    for name in effects.newEntities { add(Record(name: name)) }
    for id in effects.ended { removeOldest(id) }
    for (number, movement) in effects.movements { records[number].apply(movement) }
  }

  mutating func add(_ record: Record) {
    numbers[record.name] = records.count
    records.append(record)
  }

  private mutating func removeOldest(_ id: Int64) {
    for number in records.indices where records[number].oldest == id { records[number].oldest = nil }
  }
}

extension Ledger.Record {
  mutating func apply(_ movement: Movement) {
    if counts.queued == 0, let first = movement.first, movement.queued > 0 {
      oldest = first.id
      oldestFrom = first.id
      counts.oldestReceivedAt = Date(milliseconds: first.received)
    }
    counts.queued += movement.queued
    counts.heldByHand += movement.held
    counts.deferred += movement.deferred
    counts.failed += movement.failed
    counts.totals.accepted += movement.totals.accepted
    counts.totals.delivered += movement.totals.delivered
    counts.totals.failed += movement.totals.failed
    if counts.queued <= 0 { (oldest, counts.oldestReceivedAt) = (nil, nil) }
    if movement.lastDeliveredAt > 0 { counts.lastDeliveredAt = Date(milliseconds: movement.lastDeliveredAt) }
    if let known = movement.knownDue { earliestDue = known }
    if let due = movement.due { earliestDue = min(earliestDue ?? due, due) }
  }
}

extension Writer {
  /// Counts everything anew, from the index: at the start, and after somebody else has changed rows.
  func recount() throws(StoreFailure) {
    defer { changed.yield() }
    guard let store else { return }
    let old = ledger
    // Asked before the counting: a change in between is then counted twice rather than never.
    lastDataVersion = try store.dataVersion()
    let fresh = try store.read { db in try Ledger(db) }
    ledger = fresh
    ledger.nextID = max(fresh.nextID, old.nextID)
    try reviseFlights(in: store)
    try refreshOldest()
    mustRecount = false
    desk.withLock { desk in
      for record in ledger.records.dropFirst() { publish(record, on: &desk) }
    }
  }

  /// What was claimed may have been held or deleted since. What has not been started is taken back.
  private func reviseFlights(in store: Store) throws(StoreFailure) {
    var gone: Set<Int64> = []
    for id in flights.keys {
      let row = try store.findState.bind(id).first { (state: $0.integer(0), isDeferred: $0.integer(1) == 1) }
      if row?.state != Store.State.waiting { gone.insert(id) }
      flights[id]?.isHeld = row?.state == Store.State.held
      flights[id]?.isDeferred = row?.isDeferred ?? false
    }
    let unstarted = desk.withLock { desk in
      gone.isEmpty ? [] : desk.windows.keys.flatMap { desk.windows[$0]?.withdraw(gone) ?? [] }
    }
    for id in unstarted { flights[id.rawValue] = nil }
    for flight in flights.values { ledger.records[flight.entity].inFlight += 1 }
  }

  /// Looks for the oldest message where the last one known has gone. Goes on from there, never back: all looking of a
  /// lifetime reads each row once.
  func refreshOldest() throws(StoreFailure) {
    guard let store else { return }
    for number in ledger.records.indices.dropFirst() {
      let record = ledger.records[number]
      guard record.oldest == nil, record.counts.queued > 0 else { continue }
      let found = try store.findOldest.bind(Int64(number), record.oldestFrom).first { ($0.integer(0), $0.integer(1)) }
      ledger.records[number].oldest = found?.0
      ledger.records[number].oldestFrom = found?.0 ?? record.oldestFrom
      ledger.records[number].counts.oldestReceivedAt = (found?.1).map { Date(milliseconds: $0) }
      let counts = ledger.records[number].counts
      desk.withLock { $0.counts[record.name] = counts }
    }
  }

  /// The command line may have been here.
  func noticeVisitors() throws(StoreFailure) {
    guard let store else { return }
    if try store.dataVersion() != lastDataVersion { try recount() }
  }

  /// Once a batch, not once a message.
  func writeTotals(to store: Store, _ effects: Effects) throws(StoreFailure) {
    for (number, movement) in effects.movements where movement.touchesTotals {
      try store.addTotals.bind(
        Int64(number), Int64(movement.totals.accepted), Int64(movement.totals.delivered),
        Int64(movement.totals.failed), movement.lastDeliveredAt, movement.lastID
      ).run()
    }
  }
}

extension Ledger {
  fileprivate init(_ db: Database) throws {
    self.init()
    let entities = try Row.fetchAll(
      db,
      sql: "SELECT number, name, accepted, delivered, failed, last_delivered_at, last_id FROM entity ORDER BY number")
    for row in entities {
      var record = Record(name: row[1])
      record.counts.totals.accepted = row[2]
      record.counts.totals.delivered = row[3]
      record.counts.totals.failed = row[4]
      let lastDelivered: Int64 = row[5]
      record.counts.lastDeliveredAt = lastDelivered > 0 ? Date(milliseconds: lastDelivered) : nil
      nextID = max(nextID, row[6] + 1)
      add(record)
    }
    nextID = max(nextID, (try Int64.fetchOne(db, sql: "SELECT max(id) FROM message") ?? 0) + 1)
    try count(db)
  }

  /// The index alone answers this: a million messages in a tenth of a second.
  private mutating func count(_ db: Database) throws {
    let groups = try Row.fetchAll(
      db,
      sql: "SELECT entity, state, count(*), sum(deferred), min(due) FROM message GROUP BY entity, state")
    for row in groups {
      let number: Int = row[0]
      let state: Int64 = row[1]
      let count: Int = row[2]
      guard records.indices.contains(number) else { continue }
      switch state {
      case Store.State.failed: records[number].counts.failed = count
      case Store.State.held:
        records[number].counts.queued += count
        records[number].counts.heldByHand = count
      default:
        records[number].counts.queued += count
        records[number].counts.deferred = row[3]
        records[number].earliestDue = row[4]
      }
    }
  }
}
