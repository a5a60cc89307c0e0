// Databases that were unpacked from a backup, before they become the state of a relay: whether they are sound and whole, and
// what becomes of the queued messages, which may have been delivered since.

import GRDB
import Glibc
package import Logging
package import Platform
package import Spool

/// What becomes of messages that were queued when the backup was made.
package enum RestoredQueue: String, CaseIterable, Sendable {
  /// They wait for a person.
  case held
  /// They are deleted; failed ones stay.
  case discard
  /// They are sent, those again that were delivered after the backup.
  case due
}

/// What a restored queue has, and what keeps it back.
package struct RestoredMail: Equatable, Sendable {
  /// How many queued messages were held, deleted or made due.
  package var count = 0
  /// How many a person had held before the backup was made, and that stay so.
  package var heldBefore = 0
  /// All that were queued when the backup was made, and all that had failed.
  package var queued = 0
  package var failed = 0
  /// Of those queued: nothing that can be sent is left of them. They stay as they are.
  package var damaged = IDRuns()
  /// Names that were given to entities of which the queue had messages and no name.
  package var entitiesNamed: [String] = []
  /// Entities that a person had put on hold before the backup was made, and that still are.
  package var entitiesOnHold: [String] = []

  package init() {}
}

/// A state directory under a name of its own, which nobody works on yet.
package struct RestoredState: Sendable {
  package let folder: String

  package init(in folder: String) { self.folder = folder }

  private var spool: String { "\(folder)/spool.sqlite" }

  /// Checks both databases and the bodies, brings the queue to the present schema, and decides on its messages. Blocks.
  ///
  /// - Parameter reason: for who finds a message held.
  /// What a person has held stays held, also where the queue is to be due.
  package func prepare(_ queue: RestoredQueue, reason: String, log: Logger) throws(StateCopyError) -> RestoredMail {
    try check("spool.sqlite", SpoolSchema.versions)
    try check("mailboxes.sqlite", MailboxSchema.migrations)
    let copy = SpoolCopy(path: spool, origin: spool)
    try copy.requireUsual()
    let missing = try copy.namedBodies().filter {
      access("\(folder)/bodies/\($0.name)", F_OK) != 0
    }
    guard missing.isEmpty else { throw .bodiesMissing(count: missing.count) }
    var mail = RestoredMail()
    (mail.queued, mail.failed) = try copy.counts()
    mail.entitiesOnHold = try entitiesOnHold()
    mail.entitiesNamed = try copy.nameEntities()
    do throws(EngineFailure) { try decide(queue, reason: reason, log: log, &mail) } catch {
      if error.spoolError == .full { throw .directory(StateDirectoryError(SystemError(ENOSPC), at: spool)) }
      throw .damaged(file: "spool.sqlite", reason: error.reason)
    }
    return mail
  }

  /// Backups of before there were such holds have no table of them.
  private func entitiesOnHold() throws(StateCopyError) -> [String] {
    try within("\(folder)/mailboxes.sqlite", .reading) { database in
      guard try database.tableExists("entity_holds") else { return [] }
      return try String.fetchAll(database, sql: "SELECT entity FROM entity_holds ORDER BY entity")
    }
  }

  /// - Parameter steps: that lead to its present schema.
  private func check(_ name: String, _ steps: [String]) throws(StateCopyError) {
    let found: (faults: [String], strange: String?)
    do throws(StateCopyError) {
      found = try within("\(folder)/\(name)", .reading) { database in
        (
          try String.fetchAll(database, sql: "PRAGMA quick_check(1)"),
          try SchemaForm(of: database).strangeBeside(SchemaForm(after: steps, asIn: database))
        )
      }
    } catch .database(_, let reason) { throw .damaged(file: name, reason: reason) }
    guard found.faults == ["ok"] else {
      throw .damaged(file: name, reason: found.faults.first?.harmless() ?? "it is no database")
    }
    if let strange = found.strange { throw .strange(file: name, what: strange) }
  }

  private func decide(
    _ queue: RestoredQueue, reason: String, log: Logger, _ mail: inout RestoredMail
  ) throws(EngineFailure) {
    let engine = try SQLiteSpoolEngine(
      SQLiteSpoolEngine.Settings(path: spool, lock: nil, freeOctets: { nil }, log: log), wake: {})
    try engine.begin(isDurable: true)
    let ids = try engine.connected().prepare("SELECT id FROM message WHERE state IN (\(SpoolSchema.State.queued))").all
    {
      MessageID(rawValue: $0.integer(0))
    }
    for id in ids {
      guard let record = try engine.record(id) else { continue }
      if queue != .discard, try !engine.isWhole(record) {
        mail.damaged.add(id)
        continue
      }
      if queue != .discard, record.state == .held {
        mail.heldBefore += 1
        continue
      }
      switch queue {
      case .due: try engine.update(record.unleased)
      case .discard: try engine.delete(id)
      case .held:
        guard let held = record.held(because: reason) else { continue }
        try engine.update(held)
      }
      mail.count += 1
    }
    try doubtCopies(in: engine)
    try engine.commit()
    try engine.close()
  }

  /// They may have been filed since.
  private func doubtCopies(in engine: SQLiteSpoolEngine) throws(EngineFailure) {
    for id in try engine.connected().prepare("SELECT id FROM message WHERE flags & 512").all({
      MessageID(rawValue: $0.integer(0))
    }) {
      guard var record = try engine.record(id) else { continue }
      record.envelope?.copy?.stage = .begun
      try engine.update(record)
    }
  }
}

extension SQLiteSpoolEngine {
  /// Whether there is something to send, and somebody to send it to.
  fileprivate func isWhole(_ record: MessageRecord) throws(EngineFailure) -> Bool {
    guard record.envelope != nil else { return false }
    if record.bodyName != nil { return true }
    return try connected().prepare("SELECT 1 FROM body WHERE id = ?1").bind(record.id.rawValue).first { _ in true }
      ?? false
  }
}

extension MessageRecord {
  /// As after the end of its lease: the relay that had it is not this one.
  fileprivate var unleased: MessageRecord {
    var record = self
    record.owner = nil
    if owner != nil { record.due = since }
    return record
  }

  /// - Returns: `nil` for what waits for a person already.
  fileprivate func held(because reason: String) -> MessageRecord? {
    guard state == .waiting || state == .unknown else { return nil }
    var record = unleased
    record.state = .held
    record.due = since
    record.envelope?.heldBecause = reason
    return record
  }
}

/// Keeps relays from a state directory while it is being restored.
package final class StateLock: Sendable {
  private let lock: OwnerLock

  /// - Throws: `SpoolError.alreadyRunning`.
  package init(in directory: StateDirectory) throws(SpoolError) { lock = try OwnerLock(in: directory) }

  package func release() { lock.release() }
}
