// claimed → settled, waiting, unknown, failed.

import FoundationEssentials
import Logging
import Logs
import SMTP

extension Batch {
  /// A message that was delivered to all its recipients, to be removed.
  struct Delivery {
    let id: MessageID
    let claim: ClaimedMessage
    /// Those who were still waiting for it.
    let recipients: [Address]
    let settlement: Settlement
    /// `nil`: this one was the first.
    var firstAttemptAt: Timestamp?
    /// What has become of its copy; empty where there was to be none.
    var copyFinding = ""
    let time: Timestamp
  }

  mutating func settle(_ id: MessageID, _ settlement: Settlement, at now: Timestamp) throws(EngineFailure) {
    guard let claim = ledger.claimed[id] else { return }
    if !claim.hasPast, settlement.copy == nil, settlement.deliversAll(claim.recipients) {
      if let report = settlement.report { _ = try accept(report, at: now) }
      deliveries.append(
        Delivery(id: id, claim: claim, recipients: claim.recipients, settlement: settlement, time: now))
      result.ended.append(id)
    } else {
      try settleByRecord(id, claim, settlement, at: now)
    }
  }

  /// Removes messages with all that hangs on them.
  mutating func removeDelivered() throws(EngineFailure) {
    guard !deliveries.isEmpty else { return }
    let losses = try engine.remove(deliveries.map(\.message))
    try keepHistory(of: deliveries, losses: losses)
    for delivery in deliveries { note(delivery, losses[delivery.id]) }
  }

  private mutating func note(_ delivery: Delivery, _ loss: LeaseLoss?) {
    let claim = delivery.claim
    if loss == .leasedByAnother { return noteLostLease(delivery.id, of: claim) }
    if let name = claim.bodyName { result.removedBodies.append(name) }
    self[claim.entity].deliver(
      delivery.id, standing: result.standings[delivery.id] ?? claim.standing, at: delivery.time, wasStored: loss == nil)
  }

  /// The message is another's: what was settled here is not true of it, and the other will settle it.
  private mutating func noteLostLease(_ id: MessageID, of claim: ClaimedMessage) {
    result.lostLeases.append(id)
    log.tell(.leaseLost, [.id: "\(id)", .entity: claim.entity, .term: "\(claim.lease.term)"])
  }

  private mutating func settleByRecord(
    _ id: MessageID, _ claim: ClaimedMessage, _ settlement: Settlement, at now: Timestamp
  ) throws(EngineFailure) {
    result.ended.append(id)
    guard var record = try engine.record(id) else { return try acceptReport(of: settlement, at: now) }
    guard record.term == claim.lease.term else { return noteLostLease(id, of: claim) }
    try acceptReport(of: settlement, at: now)
    guard var envelope = record.envelope else { return }
    let delivered = envelope.delivered(by: settlement.recipients)
    envelope.apply(settlement.recipients)
    noteCopy(settlement.copy, in: &envelope)
    record.envelope = envelope
    record.envelope?.unknown = settlement.unknown
    record.owner = nil
    if settlement.perhapsSent { record.perhapsSent = true }
    if settlement.returned { record.attempts = max(record.attempts - 1, 0) }
    if envelope.recipients.isEmpty, envelope.copy?.isOpen == true {
      return try file(
        &record, delivered, settlement, movedFrom: record.standing, firstAttemptAt: claim.origin.claimedAt, at: now)
    }
    if envelope.recipients.isEmpty {
      let first = try engine.firstAttempt(of: id).map { Timestamp($0.at) }
      return deliveries.append(
        Delivery(
          id: id, claim: claim.asRecorded(record), recipients: delivered, settlement: settlement, firstAttemptAt: first,
          copyFinding: envelope.copy?.finding ?? "", time: now))
    }
    if settlement.saysSomething { try remember(settlement, attempt: claim.attempts, of: &record, at: now) }
    let hasFailed = envelope.waiting.isEmpty
    if hasFailed { try fail(&record, at: now) } else { try wait(&record, settlement, at: now) }
    guard hasFailed || !delivered.isEmpty else { return }
    try keepHistory(
      of: record, hasFailed ? .failed : .open, delivered: delivered, words: settlement.lastWords, settlement.receipt,
      at: now)
  }

  private mutating func acceptReport(of settlement: Settlement, at now: Timestamp) throws(EngineFailure) {
    if let report = settlement.report { _ = try accept(report, at: now) }
  }

  private mutating func wait(
    _ record: inout MessageRecord, _ settlement: Settlement, at now: Timestamp
  ) throws(EngineFailure) {
    let before = record.standing
    // What a person has held meanwhile stays held, and is unknown when that ends.
    if settlement.unknown != nil, record.state == .waiting { record.state = .unknown }
    record.due = dueTime(of: record, settlement, at: now)
    record.isDeferred = record.isDeferred || !settlement.returned
    try engine.update(record)
    self[record.entity].move(record.id, from: before, to: record.standing)
    if record.state == .waiting { self[record.entity].leaveUnclaimed(until: record.due) }
  }

  private func dueTime(of record: MessageRecord, _ settlement: Settlement, at now: Timestamp) -> Timestamp {
    if let due = settlement.due { return min(Timestamp(due), now + Schedule.latestDue) }
    return settlement.returned ? record.dueAgain(at: now) : nextAttempt(after: record.attempts, at: now)
  }

  /// Kept with its reason.
  mutating func fail(_ record: inout MessageRecord, at now: Timestamp) throws(EngineFailure) {
    try fail(&record, movedFrom: record.standing, at: now)
  }

  mutating func fail(
    _ record: inout MessageRecord, movedFrom before: Standing, at now: Timestamp
  ) throws(EngineFailure) {
    record.state = .failed
    record.due = now
    record.isDeferred = false
    record.owner = nil
    try engine.update(record)
    guard before != .failed else { return }
    self[record.entity].move(record.id, from: before, to: .failed)
    self[record.entity].totals.failed += 1
    self[record.entity].lastFailedAt = now
  }

  /// The provider's words, verbatim.
  func remember(
    _ settlement: Settlement, attempt number: Int, of record: inout MessageRecord, at now: Timestamp
  ) throws(EngineFailure) {
    record.hasAttempts = true
    let attempt = AttemptRecord(
      number: number, at: now.date, words: String(settlement.words.prefix(4096)), recipients: settlement.recipients)
    try engine.addAttempt(attempt, to: record.id)
  }
}

extension Batch.Delivery {
  fileprivate var message: DeliveredMessage {
    DeliveredMessage(
      id: id, term: claim.lease.term, hasStoredOctets: claim.bodyName == nil, hasAttempts: claim.hasAttempts)
  }
}

extension ClaimedMessage {
  /// A person may have held it since it was claimed.
  fileprivate func asRecorded(_ record: MessageRecord) -> ClaimedMessage {
    ClaimedMessage(
      entity: entity, lease: lease, recipients: recipients, attempts: attempts, bodyName: bodyName,
      hasAttempts: record.hasAttempts, hasPast: true, origin: origin, standing: record.standing)
  }
}

extension Settlement {
  fileprivate func deliversAll(_ waiting: [Address]) -> Bool {
    guard recipients.count == waiting.count else { return false }
    for (place, (address, outcome)) in recipients.enumerated() {
      guard case .delivered = outcome, address == waiting[place] else { return false }
    }
    return true
  }

  fileprivate var saysSomething: Bool { !returned || !words.isEmpty || !recipients.isEmpty }
}
