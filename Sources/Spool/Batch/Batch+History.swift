// The rows of the history, written with what they tell of: a message goes and its row comes in one transaction.

import SMTP

extension Batch {
  // MARK: Delivered

  /// - Parameter losses: of messages whose row is another owner's to write.
  func keepHistory(of deliveries: [Delivery], losses: [MessageID: LeaseLoss]) throws(EngineFailure) {
    guard let history else { return }
    var entries: [HistoryEntry] = []
    entries.reserveCapacity(deliveries.count)
    for delivery in deliveries where losses[delivery.id] != .leasedByAnother {
      var entry = HistoryEntry(delivery)
      // A message that is leased for the first time, and goes with that lease, has no earlier row.
      let leases = max(delivery.claim.attempts, Int(clamping: delivery.claim.lease.term))
      if delivery.claim.hasPast || leases > 1 { try addPast(to: &entry) }
      entries.append(entry.keeping(history.addresses))
    }
    if !entries.isEmpty { try engine.addHistory(entries) }
  }

  // MARK: Everything else

  /// - Parameters:
  ///   - record: as it is left.
  ///   - delivered: recipients who are not in it any more, since they have the message.
  func keepHistory(
    of record: MessageRecord, _ ending: HistoryEntry.Ending, delivered: [Address] = [], words: String = "",
    _ receipt: Receipt? = nil, firstAttemptAt: Timestamp? = nil, at now: Timestamp
  ) throws(EngineFailure) {
    guard let history else { return }
    var entry = HistoryEntry(record, at: now)
    entry.recipients.insert(contentsOf: delivered.map { .init(address: $0.text, fate: .delivered) }, at: 0)
    entry.ending = ending
    entry.words = String((words.isEmpty ? try lastWords(of: record) : words).prefix(HistoryEntry.mostWords))
    entry.note(receipt)
    entry.firstAttemptAt =
      (record.attempts > 0 ? try engine.firstAttempt(of: record.id).map { Timestamp($0.at) } : nil) ?? firstAttemptAt
    try addPast(to: &entry)
    try engine.addHistory([entry.keeping(history.addresses)])
  }

  private func lastWords(of record: MessageRecord) throws(EngineFailure) -> String {
    record.hasAttempts ? try engine.lastAttempt(of: record.id)?.lastWords ?? "" : ""
  }

  private func addPast(to entry: inout HistoryEntry) throws(EngineFailure) {
    if let earlier = try engine.history(of: entry.id) { entry.takeOver(earlier) }
  }

  // MARK: Too old, or too many

  /// How many rows are deleted in one transaction, at most.
  static let mostPruned = 1000

  mutating func pruneHistory() throws(EngineFailure) {
    let limit = settings.limit(at: now, isPressed: history == nil)
    result.prunedHistory = try engine.pruneHistory(beyond: limit, atMost: Self.mostPruned)
  }
}

extension HistoryEntry {
  fileprivate init(_ delivery: Batch.Delivery) {
    let (claim, settlement) = (delivery.claim, delivery.settlement)
    self.init(delivery.id, of: claim.entity, from: claim.origin, at: delivery.time)
    recipients = delivery.recipients.map { Recipient(address: $0.text, fate: .delivered) }
    attempts = claim.attempts
    firstAttemptAt = delivery.firstAttemptAt ?? claim.origin.claimedAt
    ending = .delivered
    sentCopy = delivery.copyFinding
    words = String(settlement.lastWords.prefix(Self.mostWords))
    note(settlement.receipt)
  }
}
