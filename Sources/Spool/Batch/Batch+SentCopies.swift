// claimed → filing → settled: everybody has the message, and its copy is kept until it is filed or given up. A message that
// some are still to get, or that has failed for some, keeps its copy beside its own state.

import FoundationEssentials
import SMTP

extension Batch {
  /// Whose copy is due from now on, or what is told of one that is not kept.
  func noteCopy(_ copy: SentCopy?, in envelope: inout RecordedEnvelope) {
    guard var copy, envelope.copy == nil, envelope.isPartlyDelivered else { return }
    // Room for mail comes first.
    if !hasRoomForHistory { (copy.stage, copy.finding) = (.ended, "not filed: the disk is nearly full") }
    envelope.copy = copy
  }

  /// Everybody has the message; its body stays.
  ///
  /// - Parameter before: how the record is counted now.
  mutating func file(
    _ record: inout MessageRecord, _ delivered: [Address], _ settlement: Settlement, movedFrom before: Standing,
    firstAttemptAt: Timestamp? = nil, at now: Timestamp
  ) throws(EngineFailure) {
    guard let copy = record.envelope?.copy else { return }
    (record.state, record.due, record.owner, record.isDeferred) = (.filing, Timestamp(copy.due), nil, false)
    record.envelope?.heldBecause = nil
    try engine.update(record)
    self[record.entity].deliver(record.id, standing: before, at: now, wasStored: false)
    self[record.entity].move(record.id, from: before, to: .filing)
    try keepHistory(
      of: record, .delivered, delivered: delivered, words: settlement.lastWords, settlement.receipt,
      firstAttemptAt: firstAttemptAt, at: now)
  }

  /// - Returns: whether the copy was open.
  mutating func updateCopy(of id: MessageID, _ change: (inout SentCopy) -> Void) throws(EngineFailure) -> Bool {
    guard var record = try engine.record(id), var copy = record.envelope?.copy, copy.isOpen else { return false }
    change(&copy)
    copy.due = min(copy.due, (now + Schedule.latestDue).date)
    record.envelope?.copy = copy
    if record.state == .filing { record.due = Timestamp(copy.due) }
    try engine.update(record)
    return true
  }

  /// - Returns: whether the copy was open.
  mutating func endCopy(of record: inout MessageRecord, _ words: String) throws(EngineFailure) -> Bool {
    guard record.envelope?.copy?.isOpen == true else { return false }
    if history != nil, var entry = try engine.history(of: record.id) {
      entry.sentCopy = String(words.prefix(HistoryEntry.mostWords))
      try engine.addHistory([entry])
    }
    if record.state == .filing {
      try delete(record)
    } else {
      record.envelope?.copy?.stage = .ended
      record.envelope?.copy?.finding = String(words.prefix(HistoryEntry.mostWords))
      try engine.update(record)
    }
    return true
  }
}
