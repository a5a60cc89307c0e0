// Where the newest refresh token of a grant lives: in the store once the mailbox is saved, in memory before that.

package import Foundation
package import Mailboxes
import System

/// Keeps what the token endpoint rotates.
package protocol GrantKeeper: Sendable {
  /// Runs `body` while nobody else on this host refreshes the same grant.
  func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result

  /// The newest refresh token, also when another process stored it; `nil` for grants that have none.
  func refreshToken() async throws -> Secret?

  /// Takes what a use of the sign-in brought. Durable when it returns.
  func keep(_ use: SignInUse) async throws

  /// When a refresh token was used last, by whichever process.
  func lastUse() async throws -> Date
}

/// The keeper of a saved mailbox's grant.
struct StoredGrant: GrantKeeper {
  let store: MailboxStore
  let entity: String
  let generation: Int64

  func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    // Twice what the holder's own request may take.
    try await store.refreshingAlone(generation: generation, until: .now + TokenEndpoint.timeLimit * 2, body)
  }

  func refreshToken() async throws -> Secret? {
    try await store.refreshToken(of: entity, generation: generation)
  }

  func keep(_ use: SignInUse) async throws {
    try await store.record(use, of: entity, generation: generation)
  }

  func lastUse() async throws -> Date { try await store.lastUse(of: entity, generation: generation) }
}

/// A grant that is being tested before it is saved. `connect` saves ``grant`` as it is *after* the test: the server may
/// have rotated the refresh token, and the one typed in is worthless then.
package actor UnsavedGrant: GrantKeeper {
  package private(set) var grant: OAuthGrant
  /// The server has put another refresh token in the place of the one handed in.
  package private(set) var hasRotated = false
  private let file: String?
  /// Nobody keeps alive what is not saved.
  private var latest = Date.distantFuture

  /// - Parameter file: gets a rotated refresh token, mode 0600, before that is used; so a test that fails later on does
  ///   not cost the sign-in.
  package init(_ grant: OAuthGrant, rotatedTo file: String? = nil) {
    self.grant = grant
    self.file = file
  }

  package nonisolated func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await body()
  }

  package func refreshToken() -> Secret? { grant.refreshToken }

  package func keep(_ use: SignInUse) throws {
    if let file, let token = use.refreshToken { try Self.write(token, to: file) }
    if use.refreshToken != nil { hasRotated = true }
    grant = grant.used(use)
    latest = use.at
  }

  package func lastUse() -> Date { latest }

  private static func write(_ token: Secret, to file: String) throws {
    do {
      try token.withOctets { try AtomicFile.replace(file, with: $0, mode: 0o600, isDurable: true) }
    } catch let error as SystemError {
      throw StateDirectoryError(error, at: file)
    }
  }
}
