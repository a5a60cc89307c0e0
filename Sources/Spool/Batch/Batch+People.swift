// What people do to messages, and expiry: changes of records that somebody has listed before. Each answers whether the
// message was meant.

import FoundationEssentials
import SMTP

extension Batch {
  /// Due now; a failed one waits again with its failed recipients, or is held again for a decision on its sender.
  mutating func retry(_ record: inout MessageRecord, at now: Timestamp) throws(EngineFailure) -> Bool {
    let before = record.standing
    switch record.state {
    case .held, .damaged, .unknown, .filing: return false
    case .waiting:
      if isUnderWay(record.id) { return true }
      record.due = record.since
    case .failed:
      guard var envelope = record.envelope else { return false }
      for place in envelope.recipients.indices { envelope.recipients[place].failure = nil }
      record.envelope = envelope
      record.state = SpoolKey.isPending(record.entity) ? .held : .waiting
      record.isDeferred = false
      (record.due, record.since) = (now, now)
    }
    try store(record, movedFrom: before)
    return true
  }

  mutating func hold(_ record: inout MessageRecord) throws(EngineFailure) -> Bool {
    guard record.state == .waiting else { return false }
    let before = record.standing
    record.state = .held
    record.due = record.since
    try store(record, movedFrom: before)
    return true
  }

  /// Ends `hold`, and what held the message since it was accepted; due now.
  mutating func release(_ record: inout MessageRecord) throws(EngineFailure) -> Bool {
    guard record.state == .held, !SpoolKey.isPending(record.entity) else { return false }
    let before = record.standing
    record.free()
    try store(record, movedFrom: before)
    return true
  }

  /// So long as it was kept back its age does not count.
  mutating func renew(_ record: inout MessageRecord, at now: Timestamp) throws(EngineFailure) -> Bool {
    guard record.state == .waiting, !isUnderWay(record.id) else { return false }
    let before = record.standing
    (record.due, record.since) = (now, now)
    try store(record, movedFrom: before)
    return true
  }

  /// By a person's order: its row in the history says whose. One that everybody has got stays delivered, and only its copy is
  /// dropped.
  mutating func delete(_ record: MessageRecord, by person: String) throws(EngineFailure) {
    if record.state == .filing {
      var record = record
      return _ = try endCopy(of: &record, SentCopy.dropped(by: person))
    }
    try keepHistory(of: record, .deleted(by: person), at: now)
    try delete(record)
  }

  /// Record, body, attempts; a body in the body store after the commit.
  mutating func delete(_ record: MessageRecord) throws(EngineFailure) {
    try engine.delete(record.id)
    if let name = record.bodyName { result.removedBodies.append(name) }
    self[record.entity].move(record.id, from: record.standing, to: nil)
  }

  private mutating func store(_ record: MessageRecord, movedFrom before: Standing) throws(EngineFailure) {
    try engine.update(record)
    self[record.entity].move(record.id, from: before, to: record.standing)
    result.standings[record.id] = record.standing
  }

  // MARK: The two chores of age

  /// A message that has waited for too long fails with the last words said about it, and a report about it is accepted.
  mutating func expire(
    _ record: inout MessageRecord, waitingSince outdated: Timestamp, at now: Timestamp,
    report: (SpooledMessage, String) -> NewMessage?
  ) throws(EngineFailure) -> Bool {
    guard record.state == .waiting, record.since < outdated, !isUnderWay(record.id) else { return false }
    let words = try engine.lastAttempt(of: record.id)?.lastWords ?? ""
    if let envelope = record.envelope, let content = try content(of: record) {
      let message = SpooledMessage(record, to: envelope, content: content)
      if let report = report(message, words) { _ = try accept(report, at: now) }
      record.envelope?.apply(envelope.waiting.map { ($0, .failed(words)) })
    }
    try fail(&record, at: now)
    try keepHistory(of: record, .expired, words: words, at: now)
    return true
  }

  /// A message of a sender who may not send here.
  mutating func deny(
    _ record: inout MessageRecord, words: String, at now: Timestamp, report: (SpooledMessage) -> NewMessage?
  ) throws(EngineFailure) -> Bool {
    guard record.standing.isQueued, !isUnderWay(record.id) else { return false }
    if let envelope = record.envelope, let content = try content(of: record) {
      if let report = report(SpooledMessage(record, to: envelope, content: content)) { _ = try accept(report, at: now) }
      record.envelope?.apply(envelope.waiting.map { ($0, .failed(words)) })
      record.envelope?.heldBecause = nil
    }
    try remember(
      Settlement(recipients: [], words: words), attempt: record.attempts + 1, of: &record, at: now)
    try fail(&record, at: now)
    try keepHistory(of: record, .failed, words: words, at: now)
    return true
  }

  mutating func forget(_ record: MessageRecord, failedBefore forgotten: Timestamp) throws(EngineFailure) -> Bool {
    guard record.state == .failed, record.due < forgotten else { return false }
    try delete(record)
    return true
  }
}
