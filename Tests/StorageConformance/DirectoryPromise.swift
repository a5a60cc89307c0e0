// What every engine of the saved connections must keep, as tests that any engine's test target can run.

package import Mailboxes

/// One sentence of the contract of ``DirectoryStorage``, and a test of it.
package struct DirectoryPromise: Sendable, CustomStringConvertible {
  package let description: String
  private let check: @Sendable (StoresUnderTest) async throws -> Void

  init(_ sentence: String, _ check: @escaping @Sendable (StoresUnderTest) async throws -> Void) {
    description = sentence
    self.check = check
  }

  /// All of them. Each needs a new database.
  package static let all = connections + holds + apps + requests + memory + fleet

  /// Tests an engine.
  ///
  /// - Parameter open: opens one database, empty before the first call, once more with each call.
  package func check(_ open: @escaping @Sendable () throws -> any DirectoryStorage) async throws {
    try await check(StoresUnderTest(open))
  }
}
