// Where the newest refresh token of a grant lives: in the store once the mailbox is saved, in memory before that.

package import Mailboxes

/// Keeps what the token endpoint rotates.
package protocol GrantKeeper: Sendable {
  /// Runs `body` while nobody else on this host refreshes the same grant.
  func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result

  /// The newest refresh token, also when another process stored it; `nil` for grants that have none.
  func refreshToken() async throws -> Secret?

  /// Durable when it returns.
  func keep(_ refreshToken: Secret) async throws
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

  func keep(_ refreshToken: Secret) async throws {
    try await store.storeRefreshToken(refreshToken, of: entity, generation: generation)
  }
}

/// A grant that is being tested before it is saved. `connect` saves ``grant`` as it is *after* the test: the server may
/// have rotated the refresh token, and the one typed in is worthless then.
package actor UnsavedGrant: GrantKeeper {
  package private(set) var grant: OAuthGrant

  package init(_ grant: OAuthGrant) {
    self.grant = grant
  }

  package nonisolated func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await body()
  }

  package func refreshToken() -> Secret? { grant.refreshToken }

  package func keep(_ refreshToken: Secret) { grant.refreshToken = refreshToken }
}
