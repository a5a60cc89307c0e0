// SQLite keeps what every engine of the saved connections promises.

import Mailboxes
import StorageConformance
import StorageSQLite
import Support
import Platform
import Testing

@Suite struct SQLiteDirectoryTests {
  @Test(.timeLimit(.minutes(1)), arguments: DirectoryPromise.all)
  func `SQLite keeps the promises of a directory storage`(promise: DirectoryPromise) async throws {
    let directory = try TemporaryDirectory()
    try await promise.check { try SQLiteDirectory(in: StateDirectory(preparing: directory.path)) }
  }
}
