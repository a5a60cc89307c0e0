// Messages that go back to waiting without an attempt's outcome, and what leaves a claimed message claimed.

import SMTP

extension Batch {
  // MARK: claimed → waiting, as if it had not been

  mutating func giveBack(_ ids: [MessageID]) throws(EngineFailure) {
    for id in ids {
      guard let claim = ledger.claimed[id] else { continue }
      result.ended.append(id)
      guard var record = try engine.record(id), record.term == claim.lease.term else { continue }
      record.owner = nil
      record.attempts = max(record.attempts - 1, 0)
      if record.state == .waiting { record.due = record.dueAgain(at: now) }
      try engine.update(record)
      self[claim.entity].leaveUnclaimed(until: record.due)
    }
  }

  // MARK: waiting → waiting, due now

  /// Claims of the entity wait until its last portion is stored.
  mutating func makeDue(_ entity: String, after place: DuePlace?, at now: Timestamp) throws(EngineFailure) {
    guard ledger.entities[entity] != nil else { return }
    let last = try engine.makeDue(of: entity, after: place, now: now, limit: 500, except: isUnderWay)
    self[entity].leaveUnclaimed(until: Timestamp(milliseconds: 0))
    guard let last else { return _ = result.endsReleasing.insert(entity) }
    result.beginsReleasing.insert(entity)
    result.followUps.append(.makeDue(entity: entity, after: last, now: now))
  }

  // MARK: claimed, still

  /// Some recipients have the message and others are still to come. A crash from here on sends nobody twice.
  mutating func markDelivered(_ delivered: [Address], of id: MessageID) throws(EngineFailure) {
    guard let claim = ledger.claimed[id], var record = try engine.record(id), record.term == claim.lease.term,
      var envelope = record.envelope
    else { return }
    envelope.apply(delivered.map { ($0, .delivered("")) })
    record.envelope = envelope
    try engine.update(record)
    try keepHistory(of: record, .open, delivered: delivered, at: now)
  }
}

extension MessageRecord {
  /// When a message is due that goes back without a verdict: at once. One that was tried before stands behind those that
  /// never were, or the oldest ones that fail would keep all others from their first attempt.
  func dueAgain(at now: Timestamp) -> Timestamp { attempts == 0 ? since : now }
}
