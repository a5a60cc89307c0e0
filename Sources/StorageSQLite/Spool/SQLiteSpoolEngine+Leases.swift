// Many messages: leasing what is due, removing what was delivered, counting.

import FoundationEssentials
import Spool

extension SQLiteSpoolEngine {
  func leaseDue(
    _ request: LeaseRequest, until: (_ step: Int) -> Timestamp, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> LeasedMessages {
    var result = LeasedMessages()
    guard let number = entities[request.entity] else { return result }
    let (records, leftSome) = try due(request, number, except: isUnderWay)
    for var record in records {
      let body = record.bodyName == nil ? try body(of: record.id) : nil
      guard record.envelope != nil, record.bodyName != nil || body != nil else {
        result.damaged.append(record)
        continue
      }
      record.lease(to: owner, until: until(record.leaseStep))
      try statements.leaseMessage.bind(
        record.id.rawValue, record.due.milliseconds, Int64(record.attempts), owner.rawValue, record.term
      ).run()
      result.leased.append(LeasedMessages.Leased(record: record, body: body))
    }
    result.nextDue = leftSome ? request.now : try nextDue(number, after: request.now)
    return result
  }

  /// - Returns: what is to be leased, and whether more of it was left. Nothing is changed while rows are read.
  private func due(
    _ request: LeaseRequest, _ number: Int64, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> (records: [MessageRecord], leftSome: Bool) {
    var records: [MessageRecord] = []
    var octets = 0
    let now = request.now
    for (statement, time) in [
      (try statements.findDue, now), (try statements.findAhead, now + Schedule.longestWait),
    ] {
      statement.bind(number, time.milliseconds)
      while try statement.next() {
        if isUnderWay(MessageID(rawValue: statement.integer(0))) { continue }
        guard records.count < request.mostMessages, records.isEmpty || octets < request.mostOctets else {
          statement.reset()
          return (records, true)
        }
        let record = MessageRecord(statement, entity: entities.name(of:))
        records.append(record)
        octets += record.octetsInMemory
      }
    }
    return (records, false)
  }

  private func nextDue(_ number: Int64, after now: Timestamp) throws(EngineFailure) -> Timestamp? {
    try statements.nextDue.bind(number, now.milliseconds).first {
      $0.isNull(0) ? nil : Timestamp(milliseconds: $0.quantity(0))
    } ?? nil
  }

  func remove(_ delivered: [DeliveredMessage]) throws(EngineFailure) -> [MessageID: LeaseLoss] {
    let statements = try statements
    let connection = try connected()
    var losses: [MessageID: LeaseLoss] = [:]
    for message in delivered {
      try statements.deleteLeased.bind(message.id.rawValue, message.term).run()
      guard connection.changes > 0 else {
        losses[message.id] = try record(message.id) == nil ? .messageGone : .leasedByAnother
        continue
      }
      if message.hasStoredOctets { try statements.deleteBody.bind(message.id.rawValue).run() }
      if message.hasAttempts { try statements.deleteAttempts.bind(message.id.rawValue).run() }
    }
    return losses
  }

  func makeDue(
    of entity: String, after place: DuePlace?, now: Timestamp, limit: Int, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> DuePlace? {
    guard let number = entities[entity] else { return nil }
    let places = try statements.findReleasable.bind(
      number, place?.due.milliseconds ?? 0, place?.id.rawValue ?? 0, now.milliseconds, Int64(limit)
    ).all { DuePlace(due: Timestamp(milliseconds: $0.integer(0)), id: MessageID(rawValue: $0.integer(1))) }
    for place in places where !isUnderWay(place.id) { try statements.makeDue.bind(place.id.rawValue).run() }
    return places.count < limit ? nil : places.last
  }

  func addTotals(
    _ totals: Counts.Totals, lastDeliveredAt: Timestamp?, to entity: String
  ) throws(EngineFailure) {
    guard let number = entities[entity] else { return }
    try statements.addTotals.bind(
      number, Int64(totals.accepted), Int64(totals.delivered), Int64(totals.failed), lastDeliveredAt?.milliseconds ?? 0,
      nextID - 1
    ).run()
  }

  // MARK: Looking

  func census() throws(EngineFailure) -> [EntityCensus] {
    try noteCounting()
    let connection = try connected()
    let entities = try connection.prepare(SQL.entities).all { ($0.integer(0), EntityCensus($0)) }
    var census = Dictionary(uniqueKeysWithValues: entities)
    let groups = try connection.prepare(SQL.census)
    while try groups.next() { census[groups.integer(0)]?.add(groups) }
    return Array(census.values)
  }

  func oldest(of entity: String, from id: MessageID) throws(EngineFailure) -> (id: MessageID, receivedAt: Timestamp)? {
    guard let number = entities[entity] else { return nil }
    return try statements.findOldest.bind(number, id.rawValue).first {
      (MessageID(rawValue: $0.integer(0)), Timestamp(milliseconds: $0.quantity(1)))
    }
  }

  func names(body: String) throws(EngineFailure) -> Bool {
    let find = try statements.findFile
    find.bind(body, at: 1)
    return try find.first { _ in true } ?? false
  }
}

extension EntityCensus {
  /// - Parameter row: of `SQL.entities`.
  fileprivate init(_ row: SQLiteStatement) {
    var counts = Counts()
    counts.totals.accepted = Int(row.quantity(2))
    counts.totals.delivered = Int(row.quantity(3))
    counts.totals.failed = Int(row.quantity(4))
    let lastDelivered = row.quantity(5)
    if lastDelivered > 0 { counts.lastDeliveredAt = Timestamp(milliseconds: lastDelivered).date }
    self.init(entity: row.text(1) ?? "", counts: counts)
  }

  /// - Parameter row: of `SQL.census`: one state of this entity.
  fileprivate mutating func add(_ row: SQLiteStatement) {
    let count = Int(row.quantity(2))
    switch row.integer(1) {
    case SpoolSchema.State.failed:
      counts.failed = count
      counts.lastFailedAt = Timestamp(milliseconds: row.quantity(5)).date
    case SpoolSchema.State.damaged: counts.damaged = count
    case SpoolSchema.State.held:
      counts.queued += count
      counts.heldByHand = count
    case SpoolSchema.State.unknown:
      counts.queued += count
      counts.unknown = count
    case SpoolSchema.State.filing: counts.filing = count
    default:
      counts.queued += count
      counts.deferred = Int(row.quantity(3))
      earliestDue = Timestamp(milliseconds: row.quantity(4))
    }
  }
}
