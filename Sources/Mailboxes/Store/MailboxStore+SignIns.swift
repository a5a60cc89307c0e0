// The part of the store that changes while a mailbox stays connected: refresh tokens, and when they were used.

package import Foundation
import System
import GRDB

/// What a successful request with a refresh token leaves behind.
package struct SignInUse: Sendable, Equatable {
  package var at: Date
  /// In the old one's place, where the provider rotates.
  package var refreshToken: Secret?
  /// When it ends whatever we do, where the provider said so this time.
  package var lapses: Date?

  package init(at: Date, refreshToken: Secret? = nil, lapses: Date? = nil) {
    self.at = at
    self.refreshToken = refreshToken
    self.lapses = lapses
  }
}

extension MailboxStore {
  /// For a process that opens the same state.
  package nonisolated var stateDirectory: String { directory.path }

  /// The refresh token as it stands on disk, by whichever process it was stored last; `nil` for a sign-in without one.
  package func refreshToken(of entity: String, generation: Int64) async throws(StoreError) -> Secret? {
    try await database.perform { [vault] database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT sealed FROM mailboxes LEFT JOIN secrets ON secrets.generation = mailboxes.generation AND field = ?
          WHERE entity = ? AND mailboxes.generation = ?
          """,
        arguments: [SecretField.refreshToken.rawValue, entity, generation])
      guard let row else { throw StoreError.notConnected(entity: entity) }
      guard let sealed: Data = row["sealed"] else { return nil }
      return try vault.open(Array(sealed), as: .init(entity: entity, field: SecretField.refreshToken.rawValue))
    }
  }

  /// Stores what a use of the sign-in brought, all of it or nothing; it is on disk when this returns.
  package func record(_ use: SignInUse, of entity: String, generation: Int64) async throws(StoreError) {
    try await database.change { [vault] database in
      try database.execute(
        sql: "UPDATE mailboxes SET refreshed_at = ? WHERE entity = ? AND generation = ?",
        arguments: [use.at.timeIntervalSince1970, entity, generation])
      guard database.changesCount > 0 else { throw StoreError.notConnected(entity: entity) }
      if let token = use.refreshToken {
        let field = SecretField.refreshToken.rawValue
        let sealed = try vault.seal(token, as: .init(entity: entity, field: field), mayMakeKey: false)
        try database.execute(
          sql: "UPDATE secrets SET sealed = ? WHERE generation = ? AND field = ?",
          arguments: [Data(sealed), generation, field])
      }
      if let lapses = use.lapses { try Mailbox.setLapse(lapses, of: generation, in: database) }
    }
    await tellFollowers()
  }

  /// When the sign-in was used last at the token endpoint; when it was connected, if not since.
  package func lastUse(of entity: String, generation: Int64) async throws(StoreError) -> Date {
    try await database.perform { database in
      let seconds = try Double.fetchOne(
        database,
        sql: "SELECT COALESCE(refreshed_at, connected_at) FROM mailboxes WHERE entity = ? AND generation = ?",
        arguments: [entity, generation])
      guard let seconds else { throw StoreError.notConnected(entity: entity) }
      return Date(timeIntervalSince1970: seconds)
    }
  }

  /// Runs `body` while no other process, and nobody else in this one, does so for the same connection: two refreshes
  /// with one refresh token cost the sign-in at providers that detect reuse.
  package nonisolated func refreshingAlone<Result: Sendable>(
    generation: Int64, until deadline: ContinuousClock.Instant, _ body: () async throws -> Result
  ) async throws -> Result {
    let lock = try await RefreshLock.acquire(in: directory, generation: generation, until: deadline)
    let result = try await body()
    lock.release()
    return result
  }
}
