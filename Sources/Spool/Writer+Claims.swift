// waiting → claimed: what is due is given its next time and handed over, in that order. A crash between the two costs
// a delay and never a flood.

import FoundationEssentials
import Logging
import Message
import SMTP

extension Writer {
  /// How many a lane gets from the database in one go, at most.
  static let mostClaimed = 128

  /// Open entities that run low while something of theirs is due.
  func claimable(in rooms: [String: Effects.Room]) -> [String] {
    guard store != nil, !rooms.isEmpty else { return [] }
    guard Self.uptime >= claimsResume else { return [] }
    let now = now
    return rooms.compactMap { name, room in
      room.wantsMore && !releasing.contains(name) && ledger[name]?.hasDue(at: now) == true ? name : nil
    }
  }

  func claim(_ entity: String, from store: Store, _ effects: inout Effects) throws(StoreFailure) {
    guard !releasing.contains(entity), let number = ledger.numbers[entity], let room = effects.rooms[entity] else {
      return
    }
    let now = now
    let most = min(room.messages, Self.mostClaimed)
    // Those in flight may be due as well, where a lane is slower than their schedule.
    let limit = Int64(most + ledger.records[number].inFlight)
    var rows = try store.findDue.bind(Int64(number), now, limit).all(ClaimableRow.init)
    let sawAll = rows.count < limit
    if sawAll {
      // A due time so far ahead was written before the clock was set back.
      rows += try store.findAhead.bind(Int64(number), now + Store.longestWait, limit)
        .all(ClaimableRow.init)
    }
    var claimed = 0
    var octets = 0
    var leftSome = !sawAll
    // Settled in this same batch, it may be claimed again: nobody would come back for it.
    let ended = Set(effects.ended)
    for row in rows where flights[row.id] == nil || ended.contains(row.id) {
      guard claimed < most, claimed == 0 || octets < room.octets else {
        leftSome = true
        break
      }
      guard let message = try claim(row, of: entity, number, at: now, from: store, &effects) else { continue }
      claimed += 1
      octets += message.content.octetsInMemory
    }
    try noteNextDue(number, leftSome ? now : nil, at: now, in: store, &effects)
  }

  private func noteNextDue(
    _ number: Int, _ known: Int64?, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    // Settlements of this same batch are rows by now, so what they left is seen here too.
    var due = known
    if due == nil {
      due = try store.nextDue.bind(Int64(number), now).first { $0.isNull(0) ? nil : $0.integer(0) } ?? nil
    }
    // What looks overdue by a clock set back and was not claimed just now is in flight, and says itself when it is due.
    if known == nil, let next = due, Store.isDue(next, at: now) { due = nil }
    effects.movements[number, default: Movement()].knownDue = .some(due)
    effects.movements[number]?.due = nil
  }

  private func claim(
    _ row: ClaimableRow, of entity: String, _ number: Int, at now: Int64, from store: Store, _ effects: inout Effects
  ) throws(StoreFailure) -> SpooledMessage? {
    guard let envelope = row.envelope, let content = try content(row.id, row.file, row.octetCount, from: store)
    else {
      try failDamaged(row, at: now, in: store, &effects)
      return nil
    }
    try store.claimRow.bind(row.id, nextAttempt(after: row.attempts + 1, at: now)).run()
    let message = SpooledMessage(
      id: MessageID(rawValue: row.id), entity: entity, envelope: row.flags.envelope(envelope), content: content,
      receivedAt: Date(milliseconds: row.received), attempts: row.attempts + 1,
      isReport: row.flags.contains(.isReport), perhapsSent: row.flags.contains(.perhapsSent))
    let flight = Flight(
      entity: number, recipients: message.envelope.recipients, attempts: message.attempts, file: row.file,
      hasPast: row.flags.contains(.hasHistory) || envelope.recipients.contains { $0.failure != nil },
      isDeferred: row.isDeferred)
    effects.landed.append((message, flight))
    return message
  }

  /// - Returns: `nil` where the body's row is missing.
  func content(
    _ id: Int64, _ file: String?, _ octetCount: Int, from store: Store
  ) throws(StoreFailure) -> MessageContent? {
    if let file { return .stored(bodyFile(named: file, octetCount: octetCount)) }
    return try store.findBody.bind(id).first { .octets($0.bytes(0)) }
  }

  func bodyFile(named name: String, octetCount: Int) -> BodyFile {
    let path = "\(directory.bodies)/\(name)"
    return BodyFile(path: path, octetCount: octetCount, claim: BodyClaim(path: path, isKept: true), workers: workers)
  }

  /// Nothing that can be sent is left of it. Kept, so that a person sees it.
  private func failDamaged(
    _ row: ClaimableRow, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    log.error("message damaged in the spool", metadata: ["message": "\(row.id)"])
    guard var whole = try store.findRow.bind(row.id).first(MessageRow.init) else { return }
    let damaged = Settlement(recipients: [], words: "damaged in the spool")
    whole.flags.insert(.hasHistory)
    try remember(damaged, number: whole.attempts + 1, of: row.id, at: now, in: store)
    try fail(row.id, whole, at: now, in: store, &effects)
  }
}

/// The columns a claim needs.
struct ClaimableRow {
  let id: Int64
  let received: Int64
  let attempts: Int
  let flags: Store.Flags
  let octetCount: Int
  let file: String?
  let envelope: RowEnvelope?
  let isDeferred: Bool

  init(_ row: Statement) {
    id = row.integer(0)
    received = row.integer(1)
    attempts = Int(row.integer(2))
    flags = Store.Flags(rawValue: row.integer(3))
    octetCount = Int(row.integer(4))
    file = row.text(5)
    envelope = RowEnvelope(row.bytes(6))
    isDeferred = row.integer(7) == 1
  }
}

extension Store.Flags {
  /// The envelope as the lanes see it: those still waiting.
  func envelope(_ row: RowEnvelope) -> Envelope {
    Envelope(
      sender: row.sender, recipients: row.waiting, isSMTPUTF8: contains(.isSMTPUTF8),
      is8BitMIME: contains(.is8BitMIME))
  }
}
