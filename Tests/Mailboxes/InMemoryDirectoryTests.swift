// The engine that other tests use in place of a database keeps what every engine promises.

import Mailboxes
import StorageConformance
import Support
import Testing

@Suite struct InMemoryDirectoryTests {
  @Test(.timeLimit(.minutes(1)), arguments: DirectoryPromise.all)
  func `the engine in memory keeps the promises of a directory storage`(promise: DirectoryPromise) async throws {
    let storage = try InMemoryDirectory()
    try await promise.check { storage }
  }
}
