// The tables, and the statements that run once a message. Knows rows; what they mean is decided in `Writer`.

import GRDB
import GRDBSQLite

/// One connection, used by one thread.
///
/// A message is a small row that changes (`message`) beside a large one that never does (`body`): a new due time then
/// rewrites 200 octets, not the whole message, and a listing reads no bodies. One index carries claims, counts and due
/// times. Times are milliseconds since 1970.
final class Store {
  /// The `state` column. Claimed is not among them: it is a due time moved ahead, and a memory of this process.
  enum State {
    static let waiting: Int64 = 0
    static let held: Int64 = 1
    static let failed: Int64 = 2
  }

  /// The `flags` column.
  struct Flags: OptionSet {
    let rawValue: Int64
    static let isReport = Flags(rawValue: 1)
    static let perhapsSent = Flags(rawValue: 2)
    static let isSMTPUTF8 = Flags(rawValue: 4)
    static let is8BitMIME = Flags(rawValue: 8)
    /// There are rows in `attempt`.
    static let hasHistory = Flags(rawValue: 16)
  }

  let queue: DatabaseQueue
  let connection: OpaquePointer
  private let frames = Frames()
  private var commitsAreSynced = true
  private var statements: [Statement] = []

  private let beginning, committing, rollingBack: Statement
  let insertMessage, insertBody, insertAttempt, insertEntity: Statement
  let deleteMessage, deleteBody, deleteAttempts, trimAttempts: Statement
  let claimRow, deferRow, failRow, giveBackRow, reviveRow, changeState, changeDue, addTotals: Statement
  let findDue, findAhead, nextDue, findRow, findBody, findState, findOldest, findFile: Statement
  let findReleasable, lastAttempt: Statement
  private let dataVersionQuery, pageCount, freePageCount: Statement

  init(path: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: Store.configuration)
    let connection = try queue.writeWithoutTransaction { db in
      try Store.makeTables(db)
      return db.sqliteConnection
    }
    guard let connection else { throw StoreFailure(code: SQLITE_CANTOPEN, message: "the connection is closed") }
    self.queue = queue
    self.connection = connection
    // GRDB's observers want to know of every statement; from here on this connection's transactions are ours.
    sqlite3_commit_hook(connection, nil, nil)
    sqlite3_rollback_hook(connection, nil, nil)
    var made: [Statement] = []
    func prepare(_ sql: String) throws(StoreFailure) -> Statement {
      let statement = try Statement(connection, sql)
      made.append(statement)
      return statement
    }
    beginning = try prepare("BEGIN IMMEDIATE")
    committing = try prepare("COMMIT")
    rollingBack = try prepare("ROLLBACK")
    insertMessage = try prepare(
      """
      INSERT INTO message (id, entity, state, due, deferred, received, since, attempts, flags, octets, file, envelope)
      VALUES (?1, ?2, 0, ?3, 0, ?4, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    insertBody = try prepare("INSERT INTO body (id, octets) VALUES (?1, ?2)")
    insertAttempt = try prepare(
      "INSERT OR REPLACE INTO attempt (message, number, at, words, recipients) VALUES (?1, ?2, ?3, ?4, ?5)")
    insertEntity = try prepare("INSERT INTO entity (number, name) VALUES (?1, ?2)")
    deleteMessage = try prepare("DELETE FROM message WHERE id = ?1")
    deleteBody = try prepare("DELETE FROM body WHERE id = ?1")
    deleteAttempts = try prepare("DELETE FROM attempt WHERE message = ?1")
    trimAttempts = try prepare("DELETE FROM attempt WHERE message = ?1 AND number > 1 AND number <= ?2")
    claimRow = try prepare("UPDATE message SET due = ?2, attempts = attempts + 1 WHERE id = ?1")
    deferRow = try prepare(
      """
      UPDATE message SET due = ?2, attempts = ?3, deferred = ?4, flags = ?5, envelope = ?6 WHERE id = ?1
      """)
    failRow = try prepare(
      "UPDATE message SET state = 2, due = ?2, attempts = ?3, deferred = 0, flags = ?4, envelope = ?5 WHERE id = ?1")
    giveBackRow = try prepare("UPDATE message SET due = since, attempts = attempts - 1 WHERE id = ?1 AND state = 0")
    reviveRow = try prepare(
      """
      UPDATE message SET state = 0, due = ?2, since = ?2, deferred = 0, envelope = ?3 WHERE id = ?1 AND state = 2
      """)
    changeState = try prepare("UPDATE message SET state = ?2, due = since WHERE id = ?1")
    changeDue = try prepare("UPDATE message SET due = since WHERE id = ?1 AND state = 0")
    addTotals = try prepare(
      """
      UPDATE entity SET accepted = accepted + ?2, delivered = delivered + ?3, failed = failed + ?4,
        last_delivered_at = max(last_delivered_at, ?5), last_id = max(last_id, ?6) WHERE number = ?1
      """)
    let claimable = "SELECT id, received, attempts, flags, octets, file, envelope, deferred FROM message"
    findDue = try prepare("\(claimable) WHERE entity = ?1 AND state = 0 AND due <= ?2 ORDER BY due, id LIMIT ?3")
    findAhead = try prepare("\(claimable) WHERE entity = ?1 AND state = 0 AND due > ?2 ORDER BY due, id LIMIT ?3")
    nextDue = try prepare("SELECT min(due) FROM message WHERE entity = ?1 AND state = 0 AND due > ?2")
    findRow = try prepare(
      """
      SELECT entity, state, attempts, deferred, flags, envelope, since, octets, received, file, due
        FROM message WHERE id = ?1
      """)
    findBody = try prepare("SELECT octets FROM body WHERE id = ?1")
    findState = try prepare("SELECT state, deferred FROM message WHERE id = ?1")
    findOldest = try prepare(
      "SELECT id, received FROM message WHERE id >= ?2 AND entity = ?1 AND state < 2 ORDER BY id LIMIT 1")
    findFile = try prepare("SELECT 1 FROM message WHERE file = ?1")
    findReleasable = try prepare(
      """
      SELECT due, id FROM message WHERE entity = ?1 AND state = 0 AND due >= ?2 AND (due > ?2 OR id > ?3)
        AND (deferred = 1 OR due > ?4) ORDER BY due, id LIMIT ?5
      """)
    lastAttempt = try prepare(
      "SELECT words, recipients FROM attempt WHERE message = ?1 ORDER BY number DESC LIMIT 1")
    dataVersionQuery = try prepare("PRAGMA data_version")
    pageCount = try prepare("PRAGMA page_count")
    freePageCount = try prepare("PRAGMA freelist_count")
    statements = made
    sqlite3_wal_hook(
      connection,
      { context, _, _, frames in
        if let context { Unmanaged<Frames>.fromOpaque(context).takeUnretainedValue().count = frames }
        return SQLITE_OK
      }, Unmanaged.passUnretained(frames).toOpaque())
  }

  /// The last connection to close moves the log into the database and removes it.
  func close() throws {
    sqlite3_wal_hook(connection, nil, nil)
    statements.forEach { $0.finalize() }
    try queue.close()
  }

  // MARK: Transactions

  /// Frames in the write-ahead log since it was last begun anew.
  var logFrames: Int { Int(frames.count) }

  private final class Frames { var count: Int32 = 0 }

  /// Not within a transaction.
  ///
  /// - Parameter logBeginsAnew: all of it is in the database file.
  func room(on free: Int64, logBeginsAnew: Bool) throws(StoreFailure) -> DiskRoom {
    let database = try size(of: SQLITE_FCNTL_FILE_POINTER)
    let pages = try pageCount.first { $0.integer(0) } ?? 0
    let unused = try freePageCount.first { $0.integer(0) } ?? 0
    let used = logBeginsAnew ? 0 : Int64(logFrames) * (Store.frameOctets + Store.frameHeaderOctets)
    return DiskRoom(
      free: free - max(0, pages * Store.frameOctets - database),
      inLog: max(0, try size(of: SQLITE_FCNTL_JOURNAL_POINTER) - used), inDatabase: unused * Store.frameOctets)
  }

  func begin() throws(StoreFailure) { try beginning.run() }

  func commit() throws(StoreFailure) { try committing.run() }

  /// Whether commits are on disk when they return, or only written: those the next `sync` or synced commit takes along.
  /// Not within a transaction.
  func syncCommits(_ isWanted: Bool) throws(StoreFailure) {
    guard isWanted != commitsAreSynced else { return }
    // Neither level ever moves a page into the database file before the log is synced.
    let code = sqlite3_exec(connection, "PRAGMA synchronous = \(isWanted ? "FULL" : "NORMAL")", nil, nil, nil)
    guard code == SQLITE_OK else { throw StoreFailure(on: connection) }
    commitsAreSynced = isWanted
  }

  /// Everything committed so far is on disk when this returns. As SQLite itself does it, through its file.
  func sync() throws(StoreFailure) {
    let log = try file(SQLITE_FCNTL_JOURNAL_POINTER)
    let code = log.pointee.pMethods.pointee.xSync(log, SQLITE_SYNC_NORMAL)
    guard code == SQLITE_OK else { throw StoreFailure(code: code, message: "the log was not synced") }
  }

  private func size(of kind: Int32) throws(StoreFailure) -> Int64 {
    let file = try file(kind)
    var octets: Int64 = 0
    let code = file.pointee.pMethods.pointee.xFileSize(file, &octets)
    guard code == SQLITE_OK else { throw StoreFailure(code: code, message: "a file does not tell its size") }
    return octets
  }

  private func file(_ kind: Int32) throws(StoreFailure) -> UnsafeMutablePointer<sqlite3_file> {
    var file: UnsafeMutablePointer<sqlite3_file>?
    let found = withUnsafeMutablePointer(to: &file) { sqlite3_file_control(connection, "main", kind, $0) }
    guard found == SQLITE_OK, let file, file.pointee.pMethods != nil else { throw StoreFailure(on: connection) }
    return file
  }

  /// After a failure SQLite may have rolled back by itself.
  func rollback() {
    guard sqlite3_get_autocommit(connection) == 0 else { return }
    try? rollingBack.run()
  }

  /// Rows the last statement changed.
  var changes: Int { Int(sqlite3_changes(connection)) }

  /// Grows when another connection has committed.
  func dataVersion() throws(StoreFailure) -> Int64 { try dataVersionQuery.first { $0.integer(0) } ?? 0 }

  /// Moves what is committed into the database file.
  ///
  /// - Parameter truncating: waits for readers, and empties the log.
  /// - Returns: how many frames are still only in the log, because a reader is in the way. With 0 it begins anew.
  func checkpoint(truncating: Bool = false) throws(StoreFailure) -> Int {
    var all: Int32 = 0
    var moved: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(
      connection, nil, truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &all, &moved)
    guard code == SQLITE_OK || code == SQLITE_BUSY else { throw StoreFailure(on: connection) }
    if code == SQLITE_OK { return Int(all - moved) }
    // -1: somebody else is moving it.
    return all < 0 ? max(logFrames, 1) : max(Int(all - moved), 1)
  }
}

extension Store {
  /// For what is rare: GRDB's rows, outside any transaction.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
    do { return try queue.writeWithoutTransaction(body) } catch { throw StoreFailure(error) }
  }

  /// Takes out messages that were written but never promised.
  func forget(from id: Int64) throws(StoreFailure) {
    try begin()
    do {
      for (table, column) in [("message", "id"), ("body", "id"), ("attempt", "message")] {
        try Statement(connection, "DELETE FROM \(table) WHERE \(column) >= ?1").bind(id).run()
      }
      try commit()
    } catch {
      rollback()
      throw error
    }
  }

  static let schemaVersion = 1

  /// SQLite's page.
  static let frameOctets: Int64 = 4096
  /// https://sqlite.org/fileformat2.html#walformat
  static let frameHeaderOctets: Int64 = 24

  /// Of `Schedule`, in milliseconds.
  static let longestWait = Int64(Schedule.longestWait * 1000)

  /// A due time further ahead than anybody would have set it was set before the clock was set back.
  static func isDue(_ due: Int64, at now: Int64) -> Bool { due <= now || due > now + longestWait }

  /// For every connection to this database, the reading ones too.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      // GRDB's own WAL mode would set synchronous to NORMAL, which forgets commits at a power cut.
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // By hand, where its errors are seen and nobody waits for it.
      _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 0")
      _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = 67108864")
      // Debian's SQLite overwrites whatever is deleted, at a third of a message's cost; this only where it is free.
      _ = try Int.fetchOne(db, sql: "PRAGMA secure_delete = FAST")
      try db.execute(sql: "PRAGMA cache_size = -4096")
    }
    return configuration
  }

  /// - Throws: `SpoolError.tooNew` for a spool of a later version.
  fileprivate static func makeTables(_ db: Database) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard version <= schemaVersion else { throw SpoolError.tooNew(version: version) }
    guard version == 0 else { return }
    try db.inTransaction(.immediate) {
      try db.execute(
        sql: """
          CREATE TABLE IF NOT EXISTS entity (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
            accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0, last_delivered_at INTEGER NOT NULL DEFAULT 0,
            last_id INTEGER NOT NULL DEFAULT 0);
          CREATE TABLE IF NOT EXISTS message (
            id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
            deferred INTEGER NOT NULL, received INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
            flags INTEGER NOT NULL, octets INTEGER NOT NULL, file TEXT, envelope BLOB NOT NULL);
          CREATE INDEX IF NOT EXISTS message_due ON message (entity, state, due, deferred);
          CREATE INDEX IF NOT EXISTS message_file ON message (file) WHERE file IS NOT NULL;
          CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, octets BLOB NOT NULL);
          CREATE TABLE IF NOT EXISTS attempt (
            message INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
            recipients BLOB NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;
          PRAGMA user_version = \(schemaVersion);
          """)
      return .commit
    }
  }
}
