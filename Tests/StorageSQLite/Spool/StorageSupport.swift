// What the tests of the SQLite storage share.

import FoundationEssentials
import Logging
import Spool
import Support

@testable import StorageSQLite

let quiet = Logger(label: "storage tests") { _ in SwiftLogNoOpLogHandler() }

/// A directory that is gone afterwards.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let directory = try TemporaryDirectory()
  defer { withExtendedLifetime(directory) {} }
  return try await body(directory.path)
}

extension SQLiteStorage {
  /// Runs a statement on a spool that nobody has open.
  ///
  /// - Returns: the first column of its first row, as text.
  @discardableResult
  static func run(_ sql: String, onSpoolIn directory: String) throws -> String? {
    let connection = try SpoolConnection(path: directory + "/spool.sqlite")
    let text = try connection.prepare(sql).first { $0.text(0) } ?? nil
    try connection.close()
    return text
  }
}

extension Spool {
  /// What was settled so far is stored.
  func flush() async throws { try await hold(.ids([]), now: Date()) }
}
