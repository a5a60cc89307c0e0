// What signs in by OAuth: the source of a mailbox's access tokens, as a session sees it.

package import Foundation
package import OAuth

/// What a session needs of a mailbox's ``TokenSource``.
package protocol TokenSupply: Sendable {
  func accessToken(now: Date) async throws(TokenError) -> AccessToken
  /// The mail server refused this one: the next is another.
  func reject(_ token: AccessToken) async
  /// Uses the sign-in, if it was not used for long.
  func keepAlive(now: Date) async throws(TokenError)
}

extension TokenSource: TokenSupply {}
