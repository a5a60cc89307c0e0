// One message: insert, find, change, delete.

import FoundationEssentials
import Message
import Spool

extension SQLiteSpoolEngine {
  func insert(
    _ message: NewMessage, bodyName: String?, receivedAt: Timestamp, leasedUntil: Timestamp?
  ) throws(EngineFailure) -> (id: MessageID, lease: Lease?) {
    let statements = try statements
    let number = try number(of: message.entity)
    let id = takeID()
    let insert = statements.insertMessage
    insert.bind(
      id.rawValue, number, (leasedUntil ?? receivedAt).milliseconds, receivedAt.milliseconds,
      leasedUntil == nil ? 0 : 1,
      message.flags.rawValue, Int64(message.content.octetCount))
    insert.bind(bodyName, at: 8)
    insert.bind(leasedUntil == nil ? SpoolSchema.nobody : owner.rawValue, at: 9)
    insert.bind(message.hold == nil ? SpoolSchema.State.waiting : SpoolSchema.State.held, at: 11)
    try insert.run(binding: message.packedEnvelope, at: 10)
    if case .octets(let octets) = message.content {
      statements.insertBody.bind(id.rawValue, at: 1)
      try statements.insertBody.run(binding: octets, at: 2)
    }
    return (id, leasedUntil.map { Lease(owner: owner, until: $0, term: 1) })
  }

  /// - Returns: the entity's number, given now if it is new.
  private func number(of entity: String) throws(EngineFailure) -> Int64 {
    if let number = entities[entity] { return number }
    let insert = try statements.insertEntity
    let number = entities.add(entity)
    insert.bind(number, at: 1)
    insert.bind(entity, at: 2)
    try insert.run()
    return number
  }

  func record(_ id: MessageID) throws(EngineFailure) -> MessageRecord? {
    try statements.findMessage.bind(id.rawValue).first { MessageRecord($0, entity: entities.name(of:)) }
  }

  func body(of id: MessageID) throws(EngineFailure) -> [UInt8]? {
    try statements.findBody.bind(id.rawValue).first { $0.bytes(0) }
  }

  func update(_ record: MessageRecord) throws(EngineFailure) {
    let update = try statements.updateMessage
    update.bind(
      record.id.rawValue, record.state.column, record.due.milliseconds, record.since.milliseconds,
      Int64(record.attempts), record.isDeferred ? 1 : 0, record.flags.rawValue, record.term)
    update.bind(record.owner?.rawValue ?? SpoolSchema.nobody, at: 9)
    try update.run(binding: record.envelope?.packed ?? [], at: 10)
  }

  func move(_ id: MessageID, to entity: String) throws(EngineFailure) {
    try statements.moveMessage.bind(id.rawValue, try number(of: entity)).run()
  }

  func delete(_ id: MessageID) throws(EngineFailure) {
    let statements = try statements
    try statements.deleteMessage.bind(id.rawValue).run()
    try statements.deleteBody.bind(id.rawValue).run()
    try statements.deleteAttempts.bind(id.rawValue).run()
  }

  func addAttempt(_ attempt: AttemptRecord, to id: MessageID) throws(EngineFailure) {
    let insert = try statements.insertAttempt
    insert.bind(id.rawValue, Int64(attempt.number), Timestamp(attempt.at).milliseconds)
    insert.bind(attempt.words, at: 4)
    insert.bind(PackedOutcomes.packed(attempt.recipients), at: 5)
    try insert.run()
    guard attempt.number > AttemptRecord.mostKept + 1 else { return }
    try statements.trimAttempts.bind(id.rawValue, Int64(attempt.number - AttemptRecord.mostKept)).run()
  }

  func firstAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord? {
    try statements.firstAttempt.bind(id.rawValue).first { AttemptRecord($0) }
  }

  func lastAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord? {
    try statements.lastAttempt.bind(id.rawValue).first { AttemptRecord($0) }
  }
}
