// The engine of tests that need no disk: what every engine must do, in a hundred lines, and a list of what was asked.

import Message
package import Spool
import Synchronization

/// What engines in one process share. Transactions must not overlap.
package final class MemoryStorage: Sendable {
  /// What an engine was asked to do with a transaction.
  package enum Call: Equatable, Sendable { case begin(isDurable: Bool), commit, rollback, sync, abandon, reopen, close }

  struct Contents {
    var records: [MessageID: MessageRecord] = [:]
    var bodies: [MessageID: [UInt8]] = [:]
    var attempts: [MessageID: [AttemptRecord]] = [:]
    var totals: [String: (totals: Counts.Totals, lastDeliveredAt: Timestamp?)] = [:]
    var history: [MessageID: HistoryEntry] = [:]
    var lastID: Int64 = 0
    var version = 0
  }

  let contents = Mutex(Contents())
  private let recorded = Mutex<[Call]>([])
  private let failure = Mutex<EngineFailure?>(nil)

  package init() {}

  package var calls: [Call] { recorded.withLock { $0 } }
  func record(_ call: Call) { recorded.withLock { $0.append(call) } }

  /// Thrown by what begins or commits a transaction, or opens the storage anew, until it is set to `nil`.
  package func fail(with failure: EngineFailure?) { self.failure.withLock { $0 = failure } }

  func failWhereAsked() throws(EngineFailure) {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

package final class MemoryEngine: SpoolEngine {
  package let owner = LeaseOwner(rawValue: .random(in: 1 ... .max))
  private let storage: MemoryStorage
  private var isAbandoned = false
  /// As the transaction under way has changed it.
  private var draft: MemoryStorage.Contents?
  private var versionCounted = 0

  package init(_ storage: MemoryStorage) { self.storage = storage }

  private var contents: MemoryStorage.Contents { draft ?? storage.contents.withLock { $0 } }

  private func change<Value>(_ body: (inout MemoryStorage.Contents) -> Value) throws(EngineFailure) -> Value {
    guard var changed = draft else { throw .rejected(reason: "no transaction") }
    draft = nil
    defer { draft = changed }
    return body(&changed)
  }

  // MARK: Transactions

  package func begin(isDurable: Bool) throws(EngineFailure) {
    guard !isAbandoned else { throw .refused(.closed) }
    storage.record(.begin(isDurable: isDurable))
    try storage.failWhereAsked()
    draft = storage.contents.withLock { $0 }
  }

  package func commit() throws(EngineFailure) {
    guard var changed = draft else { throw .rejected(reason: "no transaction") }
    try storage.failWhereAsked()
    if versionCounted == changed.version { versionCounted += 1 }
    changed.version += 1
    storage.contents.withLock { [changed] in $0 = changed }
    draft = nil
    storage.record(.commit)
  }

  package func rollback() {
    guard draft != nil else { return }
    draft = nil
    storage.record(.rollback)
  }

  package func sync() throws(EngineFailure) { storage.record(.sync) }

  // MARK: Messages

  package func insert(
    _ message: NewMessage, bodyName: String?, receivedAt: Timestamp, leasedUntil: Timestamp?
  ) throws(EngineFailure) -> (id: MessageID, lease: Lease?) {
    let record = try change { contents in
      contents.lastID += 1
      let id = MessageID(rawValue: contents.lastID)
      var record = MessageRecord(message, id, bodyName: bodyName, receivedAt)
      if let leasedUntil { record.lease(to: owner, until: leasedUntil) }
      contents.records[id] = record
      if case .octets(let octets) = message.content { contents.bodies[id] = octets }
      if contents.totals[message.entity] == nil { contents.totals[message.entity] = (Counts.Totals(), nil) }
      return record
    }
    return (record.id, record.lease)
  }

  package func record(_ id: MessageID) throws(EngineFailure) -> MessageRecord? { contents.records[id] }
  package func body(of id: MessageID) throws(EngineFailure) -> [UInt8]? { contents.bodies[id] }
  package func update(_ record: MessageRecord) throws(EngineFailure) { try change { $0.records[record.id] = record } }
  package func delete(_ id: MessageID) throws(EngineFailure) { try change { $0.delete(id) } }

  package func move(_ id: MessageID, to entity: String) throws(EngineFailure) {
    try change { contents in
      contents.records[id] = contents.records[id]?.moved(to: entity)
      if contents.totals[entity] == nil { contents.totals[entity] = (Counts.Totals(), nil) }
    }
  }

  package func addAttempt(_ attempt: AttemptRecord, to id: MessageID) throws(EngineFailure) {
    try change { contents in
      let kept = contents.attempts[id, default: []].filter { old in
        old.number != attempt.number && (old.number == 1 || old.number > attempt.number - AttemptRecord.mostKept)
      }
      contents.attempts[id] = (kept + [attempt]).sorted { $0.number < $1.number }
    }
  }

  package func firstAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord? { contents.attempts[id]?.first }
  package func lastAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord? { contents.attempts[id]?.last }

  package func leaseDue(
    _ request: LeaseRequest, until: (_ step: Int) -> Timestamp, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> LeasedMessages {
    var result = LeasedMessages()
    let waiting = contents.waiting(of: request.entity)
    var octets = 0
    for place in waiting where Schedule.isDue(place.due, at: request.now) && !isUnderWay(place.id) {
      guard var record = contents.records[place.id] else { continue }
      guard result.leased.count < request.mostMessages, result.leased.isEmpty || octets < request.mostOctets else {
        result.nextDue = request.now
        return result
      }
      record.lease(to: owner, until: until(record.leaseStep))
      try update(record)
      let body = contents.bodies[record.id]
      octets += body?.count ?? 0
      result.leased.append(LeasedMessages.Leased(record: record, body: body))
    }
    result.nextDue = contents.waiting(of: request.entity).first { $0.due > request.now }?.due
    return result
  }

  package func remove(_ delivered: [DeliveredMessage]) throws(EngineFailure) -> [MessageID: LeaseLoss] {
    var losses: [MessageID: LeaseLoss] = [:]
    for message in delivered {
      switch contents.records[message.id]?.term {
      case nil: losses[message.id] = .messageGone
      case message.term?: try delete(message.id)
      default: losses[message.id] = .leasedByAnother
      }
    }
    return losses
  }

  package func makeDue(
    of entity: String, after place: DuePlace?, now: Timestamp, limit: Int, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> DuePlace? {
    let portion = contents.waiting(of: entity).filter { candidate in
      guard let record = contents.records[candidate.id], record.isDeferred || record.due > now else { return false }
      return place.map { ($0.due, $0.id) < (candidate.due, candidate.id) } ?? true
    }.prefix(limit)
    try change { contents in
      for place in portion where !isUnderWay(place.id) {
        if let since = contents.records[place.id]?.since { contents.records[place.id]?.due = since }
      }
    }
    return portion.count < limit ? nil : portion.last
  }

  package func addTotals(
    _ totals: Counts.Totals, lastDeliveredAt: Timestamp?, to entity: String
  ) throws(EngineFailure) {
    try change { contents in
      var old = contents.totals[entity] ?? (Counts.Totals(), nil)
      old.totals.accepted += totals.accepted
      old.totals.delivered += totals.delivered
      old.totals.failed += totals.failed
      old.lastDeliveredAt = [old.lastDeliveredAt, lastDeliveredAt].compactMap { $0 }.max()
      contents.totals[entity] = old
    }
  }

  // MARK: The history

  package func addHistory(_ entries: [HistoryEntry]) throws(EngineFailure) {
    try change { contents in for entry in entries { contents.history[entry.id] = entry } }
  }

  package func history(of id: MessageID) throws(EngineFailure) -> HistoryEntry? { contents.history[id] }

  package func pruneHistory(beyond limit: HistoryLimit, atMost most: Int) throws(EngineFailure) -> Int {
    let newest = contents.history.keys.max()?.rawValue ?? 0
    let excess = contents.history.values.filter { entry in
      entry.id.rawValue <= newest - Int64(limit.most) || entry.endedAt < limit.endedBefore
    }.map(\.id).sorted().prefix(most)
    try change { contents in for id in excess { contents.history[id] = nil } }
    return excess.count
  }

  // MARK: Looking

  package func census() throws(EngineFailure) -> [EntityCensus] {
    versionCounted = contents.version
    return contents.totals.keys.sorted().map { contents.census(of: $0) }
  }

  package func oldest(
    of entity: String, from id: MessageID
  ) throws(EngineFailure) -> (id: MessageID, receivedAt: Timestamp)? {
    let queued = contents.records.values.filter {
      $0.entity == entity && [.waiting, .held, .unknown].contains($0.state) && $0.id >= id
    }
    return queued.min { $0.id < $1.id }.map { ($0.id, $0.receivedAt) }
  }

  package func names(body: String) throws(EngineFailure) -> Bool {
    contents.records.values.contains { $0.bodyName == body }
  }

  package func changedByOthers() throws(EngineFailure) -> Bool { contents.version != versionCounted }

  // MARK: The storage

  package func allowance(keeping reserve: Int64) -> BatchAllowance { BatchAllowance() }
  package func maintain() {}

  package func abandon() {
    (draft, isAbandoned) = (nil, true)
    storage.record(.abandon)
  }

  package func salvage() throws(EngineFailure) {}

  package func reopen() throws(EngineFailure) {
    storage.record(.reopen)
    try storage.failWhereAsked()
    isAbandoned = false
  }

  package func close() throws(EngineFailure) { storage.record(.close) }
}

extension MemoryStorage.Contents {
  mutating func delete(_ id: MessageID) {
    records[id] = nil
    bodies[id] = nil
    attempts[id] = nil
  }

  /// In the order in which they are due.
  func waiting(of entity: String) -> [DuePlace] {
    records.values.filter { $0.entity == entity && $0.state == .waiting }.map { DuePlace(due: $0.due, id: $0.id) }
      .sorted { ($0.due, $0.id) < ($1.due, $1.id) }
  }

  func census(of entity: String) -> EntityCensus {
    var counts = Counts()
    for record in records.values where record.entity == entity {
      switch record.state {
      case .failed:
        counts.failed += 1
        counts.lastFailedAt = [counts.lastFailedAt, record.due.date].compactMap { $0 }.max()
      case .damaged: counts.damaged += 1
      case .held: (counts.queued, counts.heldByHand) = (counts.queued + 1, counts.heldByHand + 1)
      case .filing: counts.filing += 1
      case .unknown: (counts.queued, counts.unknown) = (counts.queued + 1, counts.unknown + 1)
      case .waiting:
        (counts.queued, counts.deferred) = (counts.queued + 1, counts.deferred + (record.isDeferred ? 1 : 0))
      }
    }
    counts.totals = totals[entity]?.totals ?? Counts.Totals()
    counts.lastDeliveredAt = totals[entity]?.lastDeliveredAt?.date
    return EntityCensus(entity: entity, counts: counts, earliestDue: waiting(of: entity).first?.due)
  }
}

extension MessageRecord {
  fileprivate init(_ message: NewMessage, _ id: MessageID, bodyName: String?, _ receivedAt: Timestamp) {
    self.init(
      id: id, entity: message.entity, receivedAt: receivedAt, octetCount: message.content.octetCount,
      bodyName: bodyName, isReport: message.origin == .report, state: message.hold == nil ? .waiting : .held,
      due: receivedAt, since: receivedAt,
      attempts: 0, isDeferred: false, perhapsSent: false, hasAttempts: false,
      envelope: RecordedEnvelope(
        sender: message.envelope.sender,
        recipients: message.envelope.recipients.map { RecordedRecipient(address: $0) }, source: message.source,
        isSMTPUTF8: message.envelope.isSMTPUTF8, is8BitMIME: message.envelope.is8BitMIME, heldBecause: message.hold,
        messageID: message.messageID),
      owner: nil, term: 0)
  }

  fileprivate func moved(to entity: String) -> MessageRecord {
    MessageRecord(
      id: id, entity: entity, receivedAt: receivedAt, octetCount: octetCount, bodyName: bodyName, isReport: isReport,
      state: state, due: due, since: since, attempts: attempts, isDeferred: isDeferred, perhapsSent: perhapsSent,
      hasAttempts: hasAttempts, envelope: envelope, owner: owner, term: term)
  }
}
