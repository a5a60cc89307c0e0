// unknown → settled, waiting, failed, unknown: a look into the Sent folder has ended, or a person has decided.

import SMTP

extension Batch {
  /// - Returns: whether the message's outcome was unknown.
  mutating func resolve(
    _ record: inout MessageRecord, as resolution: UnknownResolution, at now: Timestamp
  ) throws(EngineFailure) -> Bool {
    guard record.state == .unknown, let unknown = record.envelope?.unknown else { return false }
    let before = record.standing
    record.envelope?.unknown = nil
    switch resolution {
    case .delivered(let words): try deliver(&record, unknown, words, movedFrom: before, at: now)
    case .again(let words):
      try note(words, on: record.id)
      try wait(&record, movedFrom: before)
    }
    return true
  }

  mutating func keepUnknown(_ id: MessageID, until time: Timestamp, finding: String) throws(EngineFailure) {
    guard var record = try engine.record(id), record.state == .unknown else { return }
    record.due = min(time, now + Schedule.latestDue)
    record.envelope?.unknown?.finding = String(finding.prefix(HistoryEntry.mostWords))
    try engine.update(record)
  }

  // MARK: It has arrived

  private mutating func deliver(
    _ record: inout MessageRecord, _ unknown: UnknownOutcome, _ words: String, movedFrom before: Standing,
    at now: Timestamp
  ) throws(EngineFailure) {
    guard var envelope = record.envelope else { return }
    let outcomes = unknown.recipients.map { ($0, RecipientOutcome.delivered(words)) }
    let delivered = envelope.delivered(by: outcomes)
    envelope.apply(outcomes)
    record.envelope = envelope
    let receipt = Receipt(sentAs: unknown.sentAs, messageID: unknown.messageID)
    if envelope.recipients.isEmpty {
      let settlement = Settlement(recipients: outcomes, words: words, receipt: receipt)
      if envelope.copy?.isOpen == true {
        return try file(&record, delivered, settlement, movedFrom: before, at: now)
      }
      return try remove(record, delivered, settlement, standing: before, at: now)
    }
    try note(words, on: record.id)
    let hasFailed = envelope.waiting.isEmpty
    if hasFailed { try fail(&record, movedFrom: before, at: now) } else { try wait(&record, movedFrom: before) }
    try keepHistory(
      of: record, hasFailed ? .failed : .open, delivered: delivered, words: words, receipt, at: now)
  }

  /// As a claimed message is that all have got: together with those, after all requests.
  private mutating func remove(
    _ record: MessageRecord, _ delivered: [Address], _ settlement: Settlement, standing: Standing, at now: Timestamp
  ) throws(EngineFailure) {
    guard let envelope = record.envelope else { return }
    let claim = ClaimedMessage(
      entity: record.entity, lease: Lease(owner: engine.owner, until: record.due, term: record.term),
      recipients: delivered, attempts: record.attempts, bodyName: record.bodyName, hasAttempts: record.hasAttempts,
      hasPast: true, origin: MessageOrigin(record, envelope, claimedAt: now), standing: standing)
    let first = try engine.firstAttempt(of: record.id).map { Timestamp($0.at) }
    deliveries.append(
      Delivery(
        id: record.id, claim: claim, recipients: delivered, settlement: settlement, firstAttemptAt: first, time: now))
  }

  // MARK: It is sent, or goes on

  private mutating func wait(_ record: inout MessageRecord, movedFrom before: Standing) throws(EngineFailure) {
    record.free()
    try engine.update(record)
    self[record.entity].move(record.id, from: before, to: record.standing)
    self[record.entity].leaveUnclaimed(until: record.due)
  }
}
