// One connection to the spool's database file: transactions, syncing, the write-ahead log, and the prepared statements.

import GRDB
import GRDBSQLite
import Spool

/// Belongs to one thread.
final class SpoolConnection {
  /// SQLite's page.
  static let pageOctets: Int64 = 4096
  /// A page in the log. https://sqlite.org/fileformat2.html#walformat
  private static let frameOctets: Int64 = 24 + pageOctets

  let statements: SpoolStatements
  private let queue: DatabaseQueue
  private let connection: OpaquePointer
  private let frames = Frames()
  private var commitsAreSynced = true
  private let beginning, committing, rollingBack, dataVersionQuery, pageCount, freePageCount: SQLiteStatement

  init(path: String) throws(EngineFailure) {
    do {
      queue = try DatabaseQueue(path: path, configuration: Self.configuration)
      let opened = try queue.writeWithoutTransaction { db in
        try SpoolSchema.prepare(db)
        return db.sqliteConnection
      }
      guard let opened else { throw EngineFailure.broken(.unwritable("the connection is closed")) }
      connection = opened
    } catch {
      throw EngineFailure(error)
    }
    // GRDB's observers want to know of every statement; from here on this connection's transactions are ours.
    sqlite3_commit_hook(connection, nil, nil)
    sqlite3_rollback_hook(connection, nil, nil)
    beginning = try SQLiteStatement(connection, "BEGIN IMMEDIATE")
    committing = try SQLiteStatement(connection, "COMMIT")
    rollingBack = try SQLiteStatement(connection, "ROLLBACK")
    dataVersionQuery = try SQLiteStatement(connection, "PRAGMA data_version")
    pageCount = try SQLiteStatement(connection, "PRAGMA page_count")
    freePageCount = try SQLiteStatement(connection, "PRAGMA freelist_count")
    statements = try SpoolStatements(connection)
    countFrames()
  }

  private func countFrames() {
    sqlite3_wal_hook(
      connection,
      { context, _, _, frames in
        if let context { Unmanaged<Frames>.fromOpaque(context).takeUnretainedValue().count = frames }
        return SQLITE_OK
      }, Unmanaged.passUnretained(frames).toOpaque())
  }

  /// The last connection to close moves the log into the database and removes it.
  func close() throws(EngineFailure) {
    sqlite3_wal_hook(connection, nil, nil)
    statements.finalize()
    for statement in [beginning, committing, rollingBack, dataVersionQuery, pageCount, freePageCount] {
      statement.finalize()
    }
    do { try queue.close() } catch { throw EngineFailure(error) }
  }

  /// Brings a database that nobody may have open since an earlier version to the present one.
  static func prepare(_ path: String) throws(EngineFailure) { try SpoolConnection(path: path).close() }

  /// For what is rare.
  func prepare(_ sql: String) throws(EngineFailure) -> SQLiteStatement { try SQLiteStatement(connection, sql) }

  // MARK: Transactions

  /// Frames in the write-ahead log since it was last begun anew.
  var logFrames: Int { Int(frames.count) }

  private final class Frames { var count: Int32 = 0 }

  /// Not within a transaction.
  ///
  /// - Parameter logBeginsAnew: all of it is in the database file.
  func room(on free: Int64, logBeginsAnew: Bool) throws(EngineFailure) -> DiskRoom {
    let database = try size(of: SQLITE_FCNTL_FILE_POINTER)
    let pages = try pageCount.first { $0.integer(0) } ?? 0
    let unused = try freePageCount.first { $0.integer(0) } ?? 0
    let used = logBeginsAnew ? 0 : Int64(logFrames) * Self.frameOctets
    return DiskRoom(
      free: free - max(0, pages * Self.pageOctets - database),
      inLog: max(0, try size(of: SQLITE_FCNTL_JOURNAL_POINTER) - used), inDatabase: unused * Self.pageOctets)
  }

  func begin() throws(EngineFailure) { try beginning.run() }

  func commit() throws(EngineFailure) { try committing.run() }

  /// Whether commits are on disk when they return, or only written: those the next `sync` or synced commit takes along.
  /// Not within a transaction.
  func syncCommits(_ isWanted: Bool) throws(EngineFailure) {
    guard isWanted != commitsAreSynced else { return }
    // Neither level ever moves a page into the database file before the log is synced.
    let code = sqlite3_exec(connection, "PRAGMA synchronous = \(isWanted ? "FULL" : "NORMAL")", nil, nil, nil)
    guard code == SQLITE_OK else { throw EngineFailure(on: connection) }
    commitsAreSynced = isWanted
  }

  /// Everything committed so far is on disk when this returns. As SQLite itself does it, through its file.
  func sync() throws(EngineFailure) {
    let log = try file(SQLITE_FCNTL_JOURNAL_POINTER)
    let code = log.pointee.pMethods.pointee.xSync(log, SQLITE_SYNC_NORMAL)
    guard code == SQLITE_OK else { throw EngineFailure(code: code, message: "the log was not synced") }
  }

  private func size(of kind: Int32) throws(EngineFailure) -> Int64 {
    let file = try file(kind)
    var octets: Int64 = 0
    let code = file.pointee.pMethods.pointee.xFileSize(file, &octets)
    guard code == SQLITE_OK else { throw EngineFailure(code: code, message: "a file does not tell its size") }
    return octets
  }

  private func file(_ kind: Int32) throws(EngineFailure) -> UnsafeMutablePointer<sqlite3_file> {
    var file: UnsafeMutablePointer<sqlite3_file>?
    let found = withUnsafeMutablePointer(to: &file) { sqlite3_file_control(connection, "main", kind, $0) }
    guard found == SQLITE_OK, let file, file.pointee.pMethods != nil else { throw EngineFailure(on: connection) }
    return file
  }

  /// After a failure SQLite may have rolled back by itself.
  func rollback() {
    guard sqlite3_get_autocommit(connection) == 0 else { return }
    try? rollingBack.run()
  }

  /// Rows the last statement changed.
  var changes: Int { Int(sqlite3_changes(connection)) }

  /// Changes with each commit, of this connection or of another, as this connection sees it in its transaction. Asks no
  /// statement.
  var pagerVersion: UInt32 {
    var version: UInt32 = 0
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_DATA_VERSION, &version)
    return version
  }

  /// Grows when another connection has committed.
  func dataVersion() throws(EngineFailure) -> Int64 { try dataVersionQuery.first { $0.integer(0) } ?? 0 }

  /// Moves what is committed into the database file.
  ///
  /// - Parameter truncating: waits for readers, and empties the log.
  /// - Returns: how many frames are still only in the log, because a reader is in the way. With 0 it begins anew.
  func checkpoint(truncating: Bool = false) throws(EngineFailure) -> Int {
    var all: Int32 = 0
    var moved: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(
      connection, nil, truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &all, &moved)
    guard code == SQLITE_OK || code == SQLITE_BUSY else { throw EngineFailure(on: connection) }
    if code == SQLITE_OK { return Int(all - moved) }
    // -1: somebody else is moving it.
    return all < 0 ? max(logFrames, 1) : max(Int(all - moved), 1)
  }
}

extension SpoolConnection {
  /// For every connection to this database, the reading ones too.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      // GRDB's own WAL mode would set synchronous to NORMAL, which forgets commits at a power cut.
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF")
      // By hand, where its errors are seen and nobody waits for it.
      _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 0")
      _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = 67108864")
      // Debian's SQLite overwrites whatever is deleted, at a third of a message's cost; this only where it is free.
      _ = try Int.fetchOne(db, sql: "PRAGMA secure_delete = FAST")
      try db.execute(sql: "PRAGMA cache_size = -4096")
    }
    return configuration
  }
}
