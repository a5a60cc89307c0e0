// What the first octets of an SQLite file say, for whoever judges a file before anything opens it.
// https://sqlite.org/fileformat2.html#the_database_header

/// The header of one database file.
package struct DatabaseHeader: Equatable, Sendable {
  package static let octets = 100

  /// Its `user_version`: how many of the steps of its schema the file has had.
  package let schema: Int

  /// - Parameter beginning: of the file, ``octets`` of it.
  /// - Returns: `nil` where that is no database.
  package init?(_ beginning: [UInt8]) {
    guard beginning.count >= Self.octets, beginning.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
    schema = beginning[60..<64].reduce(0) { $0 << 8 | Int($1) }
  }
}

extension SQLiteStorage {
  /// The newest schema of `spool.sqlite` that this program reads.
  package static var spoolSchema: Int { SpoolSchema.versions.count }
  /// The newest schema of `mailboxes.sqlite` that this program reads.
  package static var connectionsSchema: Int { MailboxSchema.migrations.count }
}
