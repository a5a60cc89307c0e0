// Why there is no access token, in facts.

/// Carries the token endpoint's words, cleaned and capped, never a secret. Codable, because a refresh may run in another
/// process (``RefreshHelper``).
package enum TokenError: Error, Equatable, Sendable, Codable {
  /// The grant is gone: revoked, expired, the password changed. Raises the flag; a person must connect again.
  /// `error` is empty where the server gave none.
  case refused(error: String, description: String)
  /// The server does not accept this client, scope or request, whoever signed in. Raises the flag.
  case misconfigured(error: String, description: String)
  /// Refused as well, but what was refused is an assertion that we had signed with the time of day, and our clock and
  /// the server's are more than two minutes apart. `ahead`: ours is, by so much; negative when it is behind.
  case clockWrong(ahead: Duration, error: String, description: String)
  /// The token endpoint could not be asked, or could not answer. Nothing is known about the grant.
  /// `retryAfter`: how long no further request will be made.
  case unavailable(retryAfter: Duration?, words: String)
  /// The entity was disconnected or reconnected meanwhile.
  case disconnected
  /// The caller was cancelled. The refresh itself goes on, so that a rotated token is not lost.
  case cancelled
}
