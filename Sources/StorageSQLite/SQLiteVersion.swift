// Which SQLite this is.

internal import GRDBSQLite

package enum SQLiteVersion {
  /// Of the headers that Letterhead was built with.
  package static let built = SQLITE_VERSION
  /// Of the library that is loaded.
  package static var running: String { String(cString: sqlite3_libversion()) }
}
