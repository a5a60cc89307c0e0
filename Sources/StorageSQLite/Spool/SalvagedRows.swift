// Row by row from a damaged database into a sound one.

import FoundationEssentials
import Spool

struct SalvagedRows {
  /// As the index knows a message whose row cannot be read.
  private struct Entry {
    var entity: Int64
    var state: Int64
  }

  private let source: SpoolConnection
  private let target: SpoolConnection
  private let now = Timestamp(Date()).milliseconds
  private let readMessage, readBody, readAttempts: SQLiteStatement
  private let writeMessage, writeBody, writeAttempt, writeDamaged, setAside, countFailed: SQLiteStatement

  private static let columns =
    "id, entity, state, due, deferred, received, since, attempts, flags, octets, file, envelope, owner, term"
  private static let portion = 1000

  init(from source: SpoolConnection, to target: SpoolConnection) throws(EngineFailure) {
    (self.source, self.target) = (source, target)
    readMessage = try source.prepare("SELECT \(Self.columns) FROM message WHERE id = ?1")
    readBody = try source.prepare("SELECT id, octets FROM body WHERE id = ?1")
    readAttempts = try source.prepare(
      "SELECT message, number, at, words, recipients FROM attempt WHERE message = ?1 ORDER BY number")
    writeMessage = try target.prepare(
      "INSERT INTO message (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")
    writeBody = try target.prepare("INSERT INTO body (id, octets) VALUES (?1, ?2)")
    writeAttempt = try target.prepare(SQL.insertAttempt)
    writeDamaged = try target.prepare(
      """
      INSERT INTO message (\(Self.columns))
        VALUES (?1, ?2, 3, ?3, 0, ?3, ?3, 1, \(SpoolSchema.Flags.hasAttempts.rawValue), 0, NULL, x'', NULL, 0)
      """)
    setAside = try target.prepare(
      """
      UPDATE message SET state = 3, due = ?2, flags = flags | \(SpoolSchema.Flags.hasAttempts.rawValue)
        WHERE id = ?1 AND state IN (\(SpoolSchema.State.queued))
      """)
    countFailed = try target.prepare("UPDATE entity SET failed = failed + 1 WHERE number = ?1")
  }

  /// - Returns: how many messages cannot be read.
  func copy() throws(EngineFailure) -> Int {
    defer { finalize() }
    try transact { () throws(EngineFailure) in try copyEntities() }
    let entries = try entries()
    let ids = entries.keys.sorted()
    var damaged = 0
    for start in stride(from: 0, to: ids.count, by: Self.portion) {
      try transact { () throws(EngineFailure) in
        for id in ids[start..<min(start + Self.portion, ids.count)] {
          if try !copy(id, entries[id] ?? Entry(entity: 0, state: 0)) { damaged += 1 }
        }
      }
      _ = try target.checkpoint()
    }
    try transact { () throws(EngineFailure) in try completeEntities(lastID: ids.last ?? 0) }
    // No reason to leave the queue where it is.
    try? copyHistory()
    return damaged
  }

  /// Their statements must be finalized before the connections close.
  private func finalize() {
    for statement in [
      readMessage, readBody, readAttempts, writeMessage, writeBody, writeAttempt, writeDamaged, setAside, countFailed,
    ] { statement.finalize() }
  }

  private func transact(_ work: () throws(EngineFailure) -> Void) throws(EngineFailure) {
    try target.begin()
    do throws(EngineFailure) {
      try work()
      try target.commit()
    } catch {
      target.rollback()
      throw error
    }
  }

  // MARK: Messages

  /// Every message that the table or its index knows of, as far as each can be read from either end.
  private func entries() throws(EngineFailure) -> [Int64: Entry] {
    var entries: [Int64: Entry] = [:]
    for (by, order) in [("NOT INDEXED", "id"), ("INDEXED BY message_due", "entity, state, due, deferred")] {
      for direction in ["ASC", "DESC"] {
        let columns = order.split(separator: ",").map { "\($0) \(direction)" }.joined(separator: ",")
        try readWhatCanBe(of: "SELECT id, entity, state FROM message \(by) ORDER BY \(columns)") { row in
          entries[row.integer(0)] = Entry(entity: row.integer(1), state: row.integer(2))
        }
      }
    }
    return entries
  }

  /// - Returns: whether it can be read, or is not there.
  private func copy(_ id: Int64, _ entry: Entry) throws(EngineFailure) -> Bool {
    let hasRow = try copied { () throws(EngineFailure) in
      readMessage.bind(id)
      return try copyRows(readMessage, 14, to: writeMessage) > 0
    }
    guard let hasRow else {
      try writeDamaged.bind(id, entry.entity, now).run()
      try noteDamage(to: id, entry)
      return false
    }
    guard hasRow else { return true }
    _ = try copied { () throws(EngineFailure) in
      readAttempts.bind(id)
      return try copyRows(readAttempts, 5, to: writeAttempt) > 0
    }
    let hasBody = try copied { () throws(EngineFailure) in
      readBody.bind(id)
      return try copyRows(readBody, 2, to: writeBody) > 0
    }
    if hasBody != nil { return true }
    try setAside.bind(id, now).run()
    try noteDamage(to: id, entry)
    return false
  }

  private func noteDamage(to id: Int64, _ entry: Entry) throws(EngineFailure) {
    writeAttempt.bind(id, 1, now)
    writeAttempt.bind("damaged in the spool", at: 4)
    writeAttempt.bind([], at: 5)
    try writeAttempt.run()
    if ![SpoolSchema.State.filing, SpoolSchema.State.failed, SpoolSchema.State.damaged].contains(entry.state) {
      try countFailed.bind(entry.entity).run()
    }
  }

  // MARK: Entities

  private func copyEntities() throws(EngineFailure) {
    let write = try target.prepare("INSERT OR REPLACE INTO entity VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    defer { write.finalize() }
    for direction in ["ASC", "DESC"] {
      _ = try copied { () throws(EngineFailure) in
        let read = try source.prepare(
          "SELECT number, name, accepted, delivered, failed, last_delivered_at, last_id FROM entity ORDER BY number \(direction)"
        )
        defer { read.finalize() }
        return try copyRows(read, 7, to: write) > 0
      }
    }
  }

  /// Entities whose names are lost get others, and no id is given twice.
  private func completeEntities(lastID: Int64) throws(EngineFailure) {
    for sql in [
      SQL.nameEntities,
      "UPDATE entity SET last_id = max(last_id, \(lastID))",
    ] {
      let statement = try target.prepare(sql)
      defer { statement.finalize() }
      try statement.run()
    }
  }

  // MARK: The history

  /// As far as it can be read from either end. What is lost of it is not counted: no mail is lost with it.
  private func copyHistory() throws(EngineFailure) {
    let columns = "id, ended, entity, marks, entry"
    let write = try target.prepare("INSERT OR IGNORE INTO history (\(columns)) VALUES (?1, ?2, ?3, ?4, ?5)")
    defer { write.finalize() }
    for direction in ["ASC", "DESC"] {
      try transact { () throws(EngineFailure) in
        _ = try copied { () throws(EngineFailure) in
          let read = try source.prepare("SELECT \(columns) FROM history ORDER BY id \(direction)")
          defer { read.finalize() }
          return try copyRows(read, 5, to: write) > 0
        }
      }
      _ = try target.checkpoint()
    }
  }

  // MARK: Reading what is damaged

  /// - Returns: `nil` when the source cannot be read here.
  private func copied(_ work: () throws(EngineFailure) -> Bool) throws(EngineFailure) -> Bool? {
    do throws(EngineFailure) { return try work() } catch {
      guard error.isCorruption else { throw error }
      return nil
    }
  }

  private func readWhatCanBe(of sql: String, _ body: (SQLiteStatement) -> Void) throws(EngineFailure) {
    _ = try copied { () throws(EngineFailure) in
      let statement = try source.prepare(sql)
      defer { statement.finalize() }
      while try statement.next() { body(statement) }
      return true
    }
  }

  private func copyRows(
    _ read: SQLiteStatement, _ columns: Int32, to write: SQLiteStatement
  ) throws(EngineFailure) -> Int {
    var count = 0
    while try read.next() {
      write.bindRow(of: read, columns: columns)
      try write.run()
      count += 1
    }
    return count
  }
}
