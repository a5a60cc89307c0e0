// Where the newest refresh token of a grant is kept: with the saved mailbox, or in memory before that is saved.

package import FoundationEssentials
package import Mailboxes

/// Keeps what a token endpoint rotates.
package protocol TokenStore: Sendable {
  /// Runs `body` while nobody else on this host refreshes the same grant.
  func exclusively<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result

  /// The newest refresh token, also when another process stored it; `nil` for grants that have none.
  func refreshToken() async throws -> Secret?

  /// Stores what a use of the sign-in brought. Durable when it returns.
  func record(_ use: SignInUse) async throws

  /// When a refresh token was used last, by whichever process.
  func lastUse() async throws -> Date
}

/// The refresh token of a saved mailbox.
struct MailboxTokenStore: TokenStore {
  let mailboxes: MailboxStore
  let entity: String
  let generation: Int64

  func exclusively<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    // Twice what the holder's own request may take.
    try await mailboxes.refreshingAlone(generation: generation, until: .now + TokenEndpoint.timeLimit * 2, body)
  }

  func refreshToken() async throws -> Secret? {
    try await mailboxes.refreshToken(of: entity, generation: generation)
  }

  func record(_ use: SignInUse) async throws {
    try await mailboxes.record(use, of: entity, generation: generation)
  }

  func lastUse() async throws -> Date { try await mailboxes.lastUse(of: entity, generation: generation) }
}
