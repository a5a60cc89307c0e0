// The arrows of a message's life, each as rows within the batch's transaction. What they mean stands above `Spool`.

import FoundationEssentials
import Message
import SMTP

extension Writer {
  // MARK: → waiting, or straight → claimed

  func accept(
    _ message: NewMessage, at now: Int64, into store: Store, _ effects: inout Effects
  ) throws(StoreFailure) -> MessageID {
    let number = try number(of: message.entity, in: store, &effects)
    let id = ledger.nextID
    ledger.nextID += 1
    let isClaimed =
      hasNothingOlder(number, at: now, effects)
      && effects.reserve(message.content.octetsInMemory, for: message.entity)
    let due = isClaimed ? nextAttempt(after: 1, at: now) : now
    let insert = store.insertMessage
    let octetCount = Int64(message.content.octetCount)
    insert.bind(id, Int64(number), due, now, isClaimed ? 1 : 0, message.flags.rawValue, octetCount)
    switch message.content {
    case .octets(let octets):
      insert.bind(nil, at: 8)
      try insert.run(binding: RowEnvelope.packed(message), at: 9)
      store.insertBody.bind(id, at: 1)
      try store.insertBody.run(binding: octets, at: 2)
    case .stored(let body):
      guard let file = body as? BodyFile else { throw StoreFailure(.unwritable("the body is of another store")) }
      insert.bind(file.name, at: 8)
      try insert.run(binding: RowEnvelope.packed(message), at: 9)
      effects.kept.append(file.claim)
    }
    count(message, id, number, at: now, isClaimed ? nil : due, &effects)
    if isClaimed { land(message, id, number, at: now, &effects) }
    return MessageID(rawValue: id)
  }

  /// Nothing that waits in the database may be overtaken by what just came.
  private func hasNothingOlder(_ number: Int, at now: Int64, _ effects: Effects) -> Bool {
    if let due = effects.movements[number]?.due, due <= now { return false }
    return number >= ledger.records.count || !ledger.records[number].hasDue(at: now)
  }

  private func count(
    _ message: NewMessage, _ id: Int64, _ number: Int, at now: Int64, _ due: Int64?, _ effects: inout Effects
  ) {
    effects.movements[number, default: Movement()].queued += 1
    effects.movements[number]?.totals.accepted += 1
    effects.movements[number]?.lastID = id
    if effects.movements[number]?.first == nil { effects.movements[number]?.first = (id, now) }
    if let due { effects.movements[number]?.leaves(unclaimedUntil: due) }
  }

  private func land(
    _ message: NewMessage, _ id: Int64, _ number: Int, at now: Int64, _ effects: inout Effects
  ) {
    let file: String? = if case .stored(let body) = message.content { (body as? BodyFile)?.name } else { nil }
    let flight = Flight(
      entity: number, recipients: message.envelope.recipients, attempts: 1, file: file, hasPast: false,
      isDeferred: false)
    let spooled = SpooledMessage(
      id: MessageID(rawValue: id), entity: message.entity, envelope: message.envelope, content: message.content,
      receivedAt: Date(milliseconds: now), isReport: message.origin == .report)
    effects.landed.append((spooled, flight))
  }

  /// - Returns: the entity's number, given now if it is new.
  private func number(
    of entity: String, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) -> Int {
    if let number = ledger.numbers[entity] { return number }
    if let place = effects.newEntities.firstIndex(of: entity) { return ledger.records.count + place }
    let number = ledger.records.count + effects.newEntities.count
    store.insertEntity.bind(Int64(number), at: 1)
    store.insertEntity.bind(entity, at: 2)
    try store.insertEntity.run()
    effects.newEntities.append(entity)
    return number
  }

  // MARK: claimed → settled, waiting, failed

  func settle(
    _ id: Int64, _ settlement: Settlement, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    guard let flight = flights[id] else { return }
    if let report = settlement.report { _ = try accept(report, at: now, into: store, &effects) }
    effects.ended.append(id)
    if !flight.hasPast, settlement.deliversAll(flight.recipients) {
      try remove(id, flight, at: now, from: store, &effects)
    } else {
      try settleSlowly(id, flight, settlement, at: now, in: store, &effects)
    }
  }

  /// Delivered to all: the row and all that hangs on it go. Where a person has deleted it meanwhile, nothing is left to
  /// go; that it was delivered is counted all the same.
  private func remove(
    _ id: Int64, _ flight: Flight, at now: Int64, from store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    try store.deleteMessage.bind(id).run()
    let wasThere = store.changes > 0
    if let file = flight.file {
      effects.files.append(file)
    } else {
      try store.deleteBody.bind(id).run()
    }
    if flight.hasPast { try store.deleteAttempts.bind(id).run() }
    effects.movements[flight.entity, default: Movement()].totals.delivered += 1
    effects.movements[flight.entity]?.lastDeliveredAt = now
    if wasThere { effects.movements[flight.entity]?.leaves(isHeld: flight.isHeld, isDeferred: flight.isDeferred) }
  }

  private func settleSlowly(
    _ id: Int64, _ flight: Flight, _ settlement: Settlement, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    guard var row = try store.findRow.bind(id).first(MessageRow.init), var envelope = row.envelope else { return }
    envelope.apply(settlement.recipients)
    row.envelope = envelope
    if settlement.perhapsSent { row.flags.insert(.perhapsSent) }
    if settlement.returned { row.attempts = max(row.attempts - 1, 0) }
    if envelope.waiting.isEmpty, !envelope.recipients.contains(where: { $0.failure != nil }) {
      var flight = flight
      (flight.isHeld, flight.isDeferred) = (row.state == Store.State.held, row.isDeferred)
      try store.deleteAttempts.bind(id).run()
      return try remove(id, flight, at: now, from: store, &effects)
    }
    if settlement.saysSomething {
      row.flags.insert(.hasHistory)
      try remember(settlement, number: flight.attempts, of: id, at: now, in: store)
    }
    if envelope.waiting.isEmpty {
      try fail(id, row, at: now, in: store, &effects)
    } else {
      try wait(id, row, settlement, at: now, in: store, &effects)
    }
  }

  private func wait(
    _ id: Int64, _ row: MessageRow, _ settlement: Settlement, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    let isDeferred = row.isDeferred || !settlement.returned
    let due = dueTime(row, settlement, at: now)
    let update = store.deferRow
    update.bind(id, due, Int64(row.attempts), isDeferred ? 1 : 0, row.flags.rawValue)
    try update.run(binding: row.packedEnvelope, at: 6)
    guard row.state == Store.State.waiting else { return }
    effects.movements[row.entity, default: Movement()].leaves(unclaimedUntil: due)
    if isDeferred, !row.isDeferred { effects.movements[row.entity]?.deferred += 1 }
  }

  private func dueTime(_ row: MessageRow, _ settlement: Settlement, at now: Int64) -> Int64 {
    // Beyond two hours it would look like a clock set back, and go out at once.
    let latest = now + Store.longestWait - 60_000
    if let due = settlement.due { return min(due.milliseconds, latest) }
    return settlement.returned ? row.since : nextAttempt(after: row.attempts, at: now)
  }

  /// Kept with its reason.
  func fail(
    _ id: Int64, _ row: MessageRow, at now: Int64, in store: Store, _ effects: inout Effects
  ) throws(StoreFailure) {
    let update = store.failRow
    update.bind(id, now, Int64(row.attempts), row.flags.rawValue)
    try update.run(binding: row.packedEnvelope, at: 5)
    guard row.state != Store.State.failed else { return }
    effects.movements[row.entity, default: Movement()].failed += 1
    effects.movements[row.entity]?.totals.failed += 1
    effects.movements[row.entity]?.leaves(isHeld: row.state == Store.State.held, isDeferred: row.isDeferred)
  }

  /// The provider's words, verbatim; the first attempt and the latest thirty.
  func remember(
    _ settlement: Settlement, number: Int, of id: Int64, at now: Int64, in store: Store
  ) throws(StoreFailure) {
    let insert = store.insertAttempt
    insert.bind(id, Int64(number), now)
    insert.bind(String(settlement.words.prefix(4096)), at: 4)
    insert.bind(RowOutcomes.packed(settlement.recipients), at: 5)
    try insert.run()
    if number > 31 { try store.trimAttempts.bind(id, Int64(number - 30)).run() }
  }

  // MARK: claimed → waiting, as if it had not been

  func giveBack(_ ids: [MessageID], to store: Store, _ effects: inout Effects) throws(StoreFailure) {
    for id in ids {
      guard let flight = flights[id.rawValue] else { continue }
      try store.giveBackRow.bind(id.rawValue).run()
      effects.ended.append(id.rawValue)
      effects.movements[flight.entity, default: Movement()].leaves(unclaimedUntil: 0)
    }
  }

  func nextAttempt(after attempt: Int, at now: Int64) -> Int64 {
    now + Int64(schedule.delay(afterAttempt: attempt, jitter: .random(in: -1...1)) * 1000)
  }
}

extension Movement {
  /// A message is queued no more.
  mutating func leaves(isHeld: Bool, isDeferred: Bool) {
    queued -= 1
    if isHeld { held -= 1 } else if isDeferred { deferred -= 1 }
  }
}

extension NewMessage {
  fileprivate var flags: Store.Flags {
    var flags: Store.Flags = []
    if origin == .report { flags.insert(.isReport) }
    if envelope.isSMTPUTF8 { flags.insert(.isSMTPUTF8) }
    if envelope.is8BitMIME { flags.insert(.is8BitMIME) }
    return flags
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

extension RowEnvelope {
  /// A delivered recipient goes, a failed one stays with its words; the rest waits on.
  mutating func apply(_ outcomes: [(Address, RecipientOutcome)]) {
    let outcomes = Dictionary(outcomes, uniquingKeysWith: { first, _ in first })
    recipients = recipients.compactMap { recipient in
      guard recipient.failure == nil else { return recipient }
      return switch outcomes[recipient.address] {
      case .delivered: nil
      case .failed(let words): RowRecipient(address: recipient.address, failure: words)
      case .deferred, nil: recipient
      }
    }
  }
}

/// One row of `message`, read whole.
struct MessageRow {
  let entity: Int
  var state: Int64
  var attempts: Int
  var isDeferred: Bool
  var flags: Store.Flags
  /// `nil`: the column is damaged.
  var envelope: RowEnvelope?
  let since: Int64
  let octetCount: Int
  let received: Int64
  let file: String?
  let due: Int64

  init(_ row: Statement) {
    entity = Int(row.integer(0))
    state = row.integer(1)
    attempts = Int(row.integer(2))
    isDeferred = row.integer(3) == 1
    flags = Store.Flags(rawValue: row.integer(4))
    envelope = RowEnvelope(row.bytes(5))
    since = row.integer(6)
    octetCount = Int(row.integer(7))
    received = row.integer(8)
    file = row.text(9)
    due = row.integer(10)
  }

  var packedEnvelope: [UInt8] { envelope?.packed ?? [] }
}
