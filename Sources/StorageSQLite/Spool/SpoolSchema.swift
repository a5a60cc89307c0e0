// The spool's tables, from version to version.

import GRDB
import Spool

/// A message is a small row that changes (`message`) beside a large one that never does (`body`): a new due time then
/// rewrites 200 octets, not the whole message, and a listing reads no bodies. One index carries claims, counts and due
/// times. Times are milliseconds since 1970.
enum SpoolSchema {
  /// Each leads from one version (`user_version`) to the next; the first from an empty file.
  static let versions = [
    """
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
    """,
    """
    -- Who has leased a message, and for which time. The lease ends when the message is due.
    ALTER TABLE message ADD COLUMN owner INTEGER;
    ALTER TABLE message ADD COLUMN term INTEGER NOT NULL DEFAULT 0;
    """,
    """
    -- What is known of a message's source stands behind its recipients in `envelope`, where an older program would drop it.
    """,
    """
    -- And behind that its Message-ID, which an older program would take for damage. What has become of messages that have
    -- ended: `marks` are what one is found by, in a scan.
    CREATE TABLE history (
      id INTEGER PRIMARY KEY, ended INTEGER NOT NULL, entity INTEGER NOT NULL, marks BLOB NOT NULL, entry BLOB NOT NULL);
    """,
    """
    -- A state and two flags that an older program does not know: it would send what is unknown. What is known of that
    -- stands in `envelope`, behind the Message-ID.
    """,
    """
    -- Another state, and two flags: an older program would send again what only its copy is due of. What is known of the copy
    -- stands in `envelope`, behind the unknown outcome.
    CREATE INDEX message_copy ON message (entity, id) WHERE flags & 512;
    """,
  ]

  /// The `state` column. Claimed is not among them: that is an owner.
  enum State {
    static let waiting: Int64 = 0
    static let held: Int64 = 1
    static let failed: Int64 = 2
    static let damaged: Int64 = 3
    static let unknown: Int64 = 4
    static let filing: Int64 = 5
    /// All that wait, as SQL lists them.
    static let queued = "\(waiting), \(held), \(unknown)"
  }

  /// The `owner` column of a message that nobody has leased; NULL says the same in rows of version 1. An owner's number is
  /// as wide: a lease then leaves the size of a row as it is, and no full page has to be split for it.
  static let nobody = Int64(Int32.min)
  static func drawOwner() -> LeaseOwner { LeaseOwner(rawValue: .random(in: 1 << 24...Int64(Int32.max))) }

  /// Messages and entities are numbered below this. A higher number is no relay's, and counting goes on without it.
  static let endOfNumbers = Int64(1) << 62

  /// The `flags` column.
  struct Flags: OptionSet {
    let rawValue: Int64
    static let isReport = Flags(rawValue: 1)
    static let perhapsSent = Flags(rawValue: 2)
    static let isSMTPUTF8 = Flags(rawValue: 4)
    static let is8BitMIME = Flags(rawValue: 8)
    /// There are rows in `attempt`.
    static let hasAttempts = Flags(rawValue: 16)
    /// `envelope` ends with the uid of who handed the message in.
    static let hasUser = Flags(rawValue: 32)
    /// Some recipients have the message, and are not in `envelope` any more.
    static let isPartlyDelivered = Flags(rawValue: 64)
    /// `envelope` says what is known of an attempt whose answer never came.
    static let hasUnknown = Flags(rawValue: 128)
    /// `envelope` says what is known of the message's copy.
    static let hasCopy = Flags(rawValue: 256)
    /// And that it is still to be filed: the index of copies has these.
    static let copyIsOpen = Flags(rawValue: 512)
  }

  /// - Throws: `SpoolError.tooNew` for a spool of a later version.
  static func prepare(_ db: Database) throws {
    let found = try version(of: db)
    guard found <= versions.count else { throw SpoolError.tooNew(version: found) }
    guard found < versions.count else { return }
    try db.inTransaction(.immediate) {
      // Another process may have been quicker.
      for step in versions.dropFirst(try version(of: db)) { try db.execute(sql: step) }
      try db.execute(sql: "PRAGMA user_version = \(versions.count)")
      return .commit
    }
  }

  private static func version(of db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
}
