// Why there is no access token, in facts.

package import Mailboxes

/// Carries the token endpoint's words, cleaned and capped, never a secret. Codable, because a refresh may run in another
/// process (``RefreshHelper``).
package enum TokenError: Error, Equatable, Sendable, Codable {
  /// The grant is gone: revoked, expired, the password changed. Raises the flag; a person must connect again.
  /// `error` is empty where the server gave none.
  case refused(error: String, description: String)
  /// The server does not accept this client, scope or request, for any user. Raises the flag.
  case misconfigured(error: String, description: String)
  /// The server refused an assertion that holds our clock's time, and our clock and the server's are more than two minutes
  /// apart. `ahead`: by how much our clock is ahead; negative when it is behind.
  case clockWrong(ahead: Duration, error: String, description: String)
  /// The token endpoint could not be asked, or could not answer. Nothing is known about the grant.
  /// `status`: of the HTTP answer, where there was one. `retryAfter`: how long no further request will be made.
  case unavailable(status: Int? = nil, retryAfter: Duration?, words: String)
  /// This host has no proof for the app at hand: a file, or a command. Nobody was asked.
  case clientProof(ClientProofFault)
  /// The entity was disconnected or connected anew meanwhile.
  case disconnected
  /// The caller was cancelled. The refresh itself goes on, so that a rotated token is not lost.
  case cancelled
}
