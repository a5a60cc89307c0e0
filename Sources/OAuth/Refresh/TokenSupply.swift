// What signs in by OAuth: the source of a mailbox's access tokens, as a session sees it.

package import Diagnosis
package import FoundationEssentials
package import Mailboxes

/// What a session needs of a mailbox's ``TokenSource``.
package protocol TokenSupply: Sendable {
  func accessToken(now: Date) async throws(TokenError) -> AccessToken
  /// The mail server refused this one: the next is another.
  func reject(_ token: AccessToken) async
  /// Uses the sign-in, if it was not used for long.
  func keepAlive(now: Date) async throws(TokenError)
}

extension TokenSource: TokenSupply {}

extension TokenSupply {
  /// A token, unless it says itself that it is for another way out.
  package func token(for transport: TransportKind, now: Date) async throws(TransportError) -> AccessToken {
    let token: AccessToken
    do throws(TokenError) {
      token = try await accessToken(now: now)
    } catch {
      throw .token(TokenFailure(error))
    }
    if let claims = AccessTokenClaims(token.secret), claims.transport.map({ $0 != transport }) ?? false {
      throw .wrongAudience(claims.audience)
    }
    return token
  }

  package func keepSignInAlive(now: Date) async throws(TransportError) {
    do throws(TokenError) {
      try await keepAlive(now: now)
    } catch .unavailable {
      // The sign-in lasts for months; the next time will do.
    } catch {
      throw .token(TokenFailure(error))
    }
  }
}
