// The part of the store that changes while a mailbox stays connected: refresh tokens, and when they were used.

package import Foundation
import Glibc

extension MailboxStore {
  /// The refresh token as it is stored, by whichever process it was stored last; `nil` for a sign-in without one.
  package func refreshToken(of entity: String, generation: Int64) async throws(StoreError) -> Secret? {
    let field = SecretField.refreshToken.rawValue
    guard let sealed = try await record(of: entity, generation: generation).secrets[field] else { return nil }
    return try vault.open(sealed, as: SecretName(entity: entity, field: field))
  }

  /// Stores what a use of the sign-in brought, all of it or nothing; it is on disk when this returns.
  package func record(_ use: SignInUse, of entity: String, generation: Int64) async throws(StoreError) {
    var record = SignInUseRecord(at: use.at, lapses: use.lapses)
    if let token = use.refreshToken {
      record.refreshToken = try vault.seal(
        token, as: SecretName(entity: entity, field: SecretField.refreshToken.rawValue))
    }
    guard try await storage.record(record, of: entity, generation: generation) else {
      throw .notConnected(entity: entity)
    }
    await tellFollowers()
  }

  /// When the sign-in was used last at the token endpoint; when it was connected, if not since.
  package func lastUse(of entity: String, generation: Int64) async throws(StoreError) -> Date {
    let record = try await record(of: entity, generation: generation)
    return record.usedAt ?? record.connectedAt
  }

  private func record(of entity: String, generation: Int64) async throws(StoreError) -> MailboxRecord {
    guard let record = try await storage.mailbox(of: entity), record.generation == generation else {
      throw .notConnected(entity: entity)
    }
    return record
  }
}

// MARK: One refresh at a time

extension MailboxStore {
  /// Longer than a refresh may take with all its waiting.
  private static let leaseLifetime = Duration.seconds(180)

  /// Runs `body` while no other process, and nobody else in this one, does so for the same connection.
  ///
  /// - Throws: `.busy` at the deadline, or when the task is cancelled while it waits; what `body` throws.
  package nonisolated func refreshingAlone<Result: Sendable>(
    generation: Int64, until deadline: ContinuousClock.Instant, _ body: () async throws -> Result
  ) async throws -> Result {
    let lease = try await leaseRefresh(of: generation, until: deadline)
    do {
      let result = try await body()
      await storage.release(lease)
      return result
    } catch {
      await storage.release(lease)
      throw error
    }
  }

  /// Asks 20 times a second: a refresh takes a round trip, and a blocked thread is worse.
  private nonisolated func leaseRefresh(
    of generation: Int64, until deadline: ContinuousClock.Instant
  ) async throws(StoreError) -> RefreshLease {
    while true {
      let now = Date()
      let lease = try await storage.leaseRefresh(
        of: generation, by: "process \(getpid())", until: now + Self.leaseLifetime / .seconds(1), now: now)
      if let lease { return lease }
      let waited: Void? = ContinuousClock.now < deadline ? try? await Task.sleep(for: .milliseconds(50)) : nil
      guard waited != nil else { throw .busy(path: storage.name) }
    }
  }
}
