// How an access token is obtained. TokenSource decides when.

package import FoundationEssentials
import Mailboxes

/// An access token, and when to ask for the next.
package struct FreshToken: Sendable, Equatable {
  package var token: AccessToken
  package var renewAt: Date
}

package protocol Refresher: Sendable {
  /// Asks once. A rotated refresh token is on disk when this returns.
  func refresh(now: Date) async throws(TokenError) -> FreshToken

  /// When the sign-in was used last; `nil` for one that does not lapse, or where that cannot be told now.
  func lastUse() async -> Date?
}

/// Asks from this process.
///
/// A refresh goes through these states:
/// * **locked**: no other process of this host refreshes this sign-in. Killed here, nothing has happened.
/// * **asking**: the server may have rotated the refresh token, and the new one is on its way to us. Killed here, the
///   sign-in is lost at a server that rotates and does not take the old one again. The relay therefore asks from another
///   process, which is not killed with it (``HelperRefresher``). A power cut still costs the sign-in; no client can prevent
///   that.
/// * **unsaved**: the new refresh token is in memory only, because the disk has not taken it yet. Killed here, the same.
/// * **saved**: the new refresh token is on disk; the lock is released, and only now the access token is handed out.
package actor LocalRefresher: Refresher {
  private let grant: any TokenGrant
  private let store: any TokenStore
  private let endpoint: TokenEndpoint
  /// What the disk would not take, and the access token that came with it.
  private(set) var unsaved: (use: SignInUse, fresh: FreshToken)?

  /// - Parameter store: has the newest refresh token, and takes the rotated one.
  package init(_ grant: any TokenGrant, store: any TokenStore, endpoint: TokenEndpoint) {
    self.grant = grant
    self.store = store
    self.endpoint = endpoint
  }

  package func refresh(now: Date) async throws(TokenError) -> FreshToken {
    do {
      return try await store.exclusively { try await ask(now: now) }
    } catch let error as TokenError {
      throw error
    } catch StoreError.notConnected {
      throw .disconnected
    } catch {
      throw .unavailable(retryAfter: nil, words: "\(error)")
    }
  }

  package func lastUse() async -> Date? {
    guard let token = try? await store.refreshToken(), !token.isEmpty else { return nil }
    return try? await store.lastUse()
  }

  /// Takes over what another process could not save; the next refresh saves it before it asks.
  func adopt(_ use: SignInUse, _ fresh: FreshToken) { unsaved = (use, fresh) }

  private func ask(now: Date) async throws -> FreshToken {
    if let unsaved {
      let fresh = try await save(unsaved.use, then: unsaved.fresh)
      if now < fresh.renewAt { return fresh }
    }
    let refreshToken = try await store.refreshToken()
    let answer = try await endpoint.ask(await grant.request(refreshToken: refreshToken, now: now), now: now)
    let fresh = FreshToken(answer, isRenewable: refreshToken != nil, now: now)
    guard refreshToken != nil else { return fresh }
    let use = SignInUse(at: now, refreshToken: answer.refreshToken, lapses: answer.refreshTokenLapses)
    if use.refreshToken == nil {
      // There is nothing that could be lost, so a full disk must not hold up the mail.
      try? await store.record(use)
      return fresh
    }
    return try await save(use, then: fresh)
  }

  private func save(_ use: SignInUse, then fresh: FreshToken) async throws -> FreshToken {
    unsaved = (use, fresh)
    try await store.record(use)
    unsaved = nil
    return fresh
  }
}

extension FreshToken {
  /// Renewed 10 minutes before its end, because some servers refuse a token that is about to expire; a short-lived one,
  /// and one that came without a refresh token, after four fifths of its life.
  init(_ answer: TokenAnswer, isRenewable: Bool, now: Date) {
    let lifetime = answer.lifetime / .seconds(1)
    token = AccessToken(secret: answer.accessToken, expiresAt: now + lifetime)
    renewAt = now + lifetime - (isRenewable ? min(600, lifetime / 5) : lifetime / 5)
  }
}
