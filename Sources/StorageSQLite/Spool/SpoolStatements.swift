// The statements that run for messages, prepared once.

import Spool

struct SpoolStatements {
  let insertMessage, insertBody, insertAttempt, insertEntity: SQLiteStatement
  let deleteMessage, deleteLeased, deleteBody, deleteAttempts, trimAttempts: SQLiteStatement
  let updateMessage, moveMessage, leaseMessage, makeDue, addTotals: SQLiteStatement
  let findDue, findAhead, nextDue, findMessage, findBody, findOldest, findFile, findReleasable: SQLiteStatement
  let firstAttempt, lastAttempt: SQLiteStatement
  let insertHistory, findHistory, pruneByNumber, pruneByAge: SQLiteStatement
  private let all: [SQLiteStatement]

  init(_ connection: OpaquePointer) throws(EngineFailure) {
    var made: [SQLiteStatement] = []
    func prepare(_ sql: String) throws(EngineFailure) -> SQLiteStatement {
      let statement = try SQLiteStatement(connection, sql)
      made.append(statement)
      return statement
    }
    insertMessage = try prepare(SQL.insertMessage)
    insertBody = try prepare("INSERT INTO body (id, octets) VALUES (?1, ?2)")
    insertAttempt = try prepare(SQL.insertAttempt)
    insertEntity = try prepare("INSERT INTO entity (number, name) VALUES (?1, ?2)")
    deleteMessage = try prepare("DELETE FROM message WHERE id = ?1")
    deleteLeased = try prepare("DELETE FROM message WHERE id = ?1 AND term = ?2")
    deleteBody = try prepare("DELETE FROM body WHERE id = ?1")
    deleteAttempts = try prepare("DELETE FROM attempt WHERE message = ?1")
    trimAttempts = try prepare("DELETE FROM attempt WHERE message = ?1 AND number > 1 AND number <= ?2")
    updateMessage = try prepare(SQL.updateMessage)
    moveMessage = try prepare("UPDATE message SET entity = ?2 WHERE id = ?1")
    leaseMessage = try prepare("UPDATE message SET due = ?2, attempts = ?3, owner = ?4, term = ?5 WHERE id = ?1")
    makeDue = try prepare("UPDATE message SET due = since WHERE id = ?1 AND state = 0")
    addTotals = try prepare(SQL.addTotals)
    findDue = try prepare("\(SQL.record) WHERE entity = ?1 AND state = 0 AND due <= ?2 ORDER BY due, id")
    findAhead = try prepare("\(SQL.record) WHERE entity = ?1 AND state = 0 AND due > ?2 ORDER BY due, id")
    nextDue = try prepare("SELECT min(due) FROM message WHERE entity = ?1 AND state = 0 AND due > ?2")
    findMessage = try prepare("\(SQL.record) WHERE id = ?1")
    findBody = try prepare("SELECT octets FROM body WHERE id = ?1")
    findOldest = try prepare(SQL.findOldest)
    findFile = try prepare("SELECT 1 FROM message WHERE file = ?1")
    findReleasable = try prepare(SQL.findReleasable)
    firstAttempt = try prepare("\(SQL.attempt) WHERE message = ?1 ORDER BY number LIMIT 1")
    lastAttempt = try prepare("\(SQL.attempt) WHERE message = ?1 ORDER BY number DESC LIMIT 1")
    insertHistory = try prepare(
      "INSERT OR REPLACE INTO history (id, ended, entity, marks, entry) VALUES (?1, ?2, ?3, ?4, ?5)")
    findHistory = try prepare("\(SQL.history) WHERE id = ?1")
    pruneByNumber = try prepare(SQL.pruneByNumber)
    pruneByAge = try prepare(SQL.pruneByAge)
    all = made
  }

  /// Must come before the connection closes.
  func finalize() { all.forEach { $0.finalize() } }
}

enum SQL {
  static let insertMessage = """
    INSERT INTO message
      (id, entity, state, due, deferred, received, since, attempts, flags, octets, term, file, owner, envelope)
      VALUES (?1, ?2, ?11, ?3, 0, ?4, ?4, ?5, ?6, ?7, ?5, ?8, ?9, ?10)
    """
  static let insertAttempt =
    "INSERT OR REPLACE INTO attempt (message, number, at, words, recipients) VALUES (?1, ?2, ?3, ?4, ?5)"
  static let updateMessage = """
    UPDATE message SET state = ?2, due = ?3, since = ?4, attempts = ?5, deferred = ?6, flags = ?7, term = ?8,
      owner = ?9, envelope = ?10 WHERE id = ?1
    """
  static let addTotals = """
    UPDATE entity SET accepted = accepted + ?2, delivered = delivered + ?3, failed = failed + ?4,
      last_delivered_at = max(last_delivered_at, ?5), last_id = max(last_id, ?6) WHERE number = ?1
    """
  static let findOldest = """
    SELECT id, received FROM message WHERE id >= ?2 AND entity = ?1 AND state IN (\(SpoolSchema.State.queued))
      ORDER BY id LIMIT 1
    """
  static let findReleasable = """
    SELECT due, id FROM message WHERE entity = ?1 AND state = 0 AND due >= ?2 AND (due > ?2 OR id > ?3)
      AND (deferred = 1 OR due > ?4) ORDER BY due, id LIMIT ?5
    """
  /// The index alone answers this: a million messages in a tenth of a second.
  static let census =
    "SELECT entity, state, count(*), sum(deferred), min(due), max(due) FROM message GROUP BY entity, state"
  static let entities =
    "SELECT number, name, accepted, delivered, failed, last_delivered_at FROM entity ORDER BY number"
  /// For messages of an entity that has no row: nobody would see them, and nobody send them.
  static let nameEntities = """
    INSERT OR IGNORE INTO entity (number, name)
      SELECT DISTINCT entity, 'unknown-' || entity FROM message WHERE entity NOT IN (SELECT number FROM entity)
    """
  static let lastID = """
    SELECT max((SELECT coalesce(max(last_id), 0) FROM entity WHERE last_id < \(SpoolSchema.endOfNumbers)),
      (SELECT coalesce(max(id), 0) FROM message WHERE id < \(SpoolSchema.endOfNumbers)))
    """

  /// The columns of a record, as `MessageRecord.init(_:)` reads them; those of an attempt; and those of both, which a
  /// listing reads.
  private static let recordColumns = [
    "id", "entity", "state", "due", "since", "received", "attempts", "deferred", "flags", "octets", "file", "envelope",
    "owner", "term",
  ]
  static let record = "SELECT \(recordColumns.joined(separator: ", ")) FROM message"
  static let attempt = "SELECT number, at, words, recipients FROM attempt"
  /// As `HistoryEntry.init(_:entity:)` reads it.
  static let history = "SELECT id, ended, entity, entry FROM history"
  static let pruneByNumber = """
    DELETE FROM history WHERE id IN
      (SELECT id FROM history WHERE id <= (SELECT max(id) FROM history) - ?1 ORDER BY id LIMIT ?2)
    """
  /// Of a portion behind a number, however many of it are too old.
  static let pruneByAge = """
    DELETE FROM history WHERE id IN
      (SELECT id FROM (SELECT id, ended FROM history WHERE id > ?1 ORDER BY id LIMIT ?2) WHERE ended < ?3)
    """
  static let listed = """
    SELECT \(recordColumns.map { "m.\($0)" }.joined(separator: ", ")), e.name, a.number, a.at, a.words, a.recipients
      FROM message m JOIN entity e ON e.number = m.entity
      LEFT JOIN attempt a ON a.message = m.id
        AND a.number = (SELECT max(number) FROM attempt WHERE message = m.id)
    """
}
