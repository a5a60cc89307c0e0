// waiting → claimed: what is due is leased and handed over, in that order. A crash between the two costs a delay and
// never a flood.

import Logging
import Logs
import Message

extension Batch {
  /// How many a queue gets from the storage in one go, at most.
  static let mostClaimed = 128

  mutating func claim(_ entity: String) throws(EngineFailure) {
    guard !ledger.releasing.contains(entity), !result.beginsReleasing.contains(entity), let room = rooms[entity] else {
      return
    }
    let request = LeaseRequest(
      entity: entity, now: now, mostMessages: min(room.messages, Self.mostClaimed), mostOctets: room.octets)
    let found = try engine.leaseDue(request) { [schedule, now] step in
      now + schedule.leaseDuration(step: step)
    } except: { [isUnderWay] in
      isUnderWay($0)
    }
    for leased in found.leased { handOver(leased.record, leased.body) }
    for record in found.damaged { try setAside(record) }
    note(found.nextDue, of: entity)
  }

  private mutating func note(_ nextDue: Timestamp?, of entity: String) {
    // What looks overdue by a clock set back and was not leased just now is under way, and says itself when it is due.
    self[entity].knownDue = .some(nextDue.flatMap { $0 > now && Schedule.isDue($0, at: now) ? nil : $0 })
    // Settlements of this same batch are stored by now, so what they left is seen here too.
    self[entity].due = nil
  }

  private mutating func handOver(_ record: MessageRecord, _ body: [UInt8]?) {
    guard let envelope = record.envelope, let lease = record.lease else { return }
    let content =
      body.map { MessageContent.octets($0) }
      ?? record.bodyName.map { .stored(bodies.body(named: $0, octetCount: record.octetCount)) }
    guard let content else { return }
    let message = SpooledMessage(record, to: envelope, content: content)
    let claim = ClaimedMessage(
      entity: record.entity, lease: lease, recipients: message.envelope.recipients, attempts: record.attempts,
      bodyName: record.bodyName, hasAttempts: record.hasAttempts,
      hasPast: record.hasAttempts || envelope.hasFailures,
      origin: MessageOrigin(record, envelope, claimedAt: now), standing: record.standing)
    result.claimed.append((message, claim))
  }

  // MARK: waiting → damaged

  /// Nothing that can be sent is left of it. Kept, so that a person sees it.
  private mutating func setAside(_ record: MessageRecord) throws(EngineFailure) {
    log.tell(.damaged, [.id: "\(record.id)", .entity: record.entity])
    let before = record.standing
    var record = record
    try remember(
      Settlement(recipients: [], words: "damaged in the spool"), attempt: record.attempts + 1, of: &record, at: now)
    record.state = .damaged
    record.due = now
    record.owner = nil
    try engine.update(record)
    self[record.entity].move(record.id, from: before, to: .damaged)
    self[record.entity].totals.failed += 1
  }
}
