// Why there is no access token, in facts that name no OAuth library.

package import Mailboxes

package enum TokenFailure: Error, Equatable, Sendable {
  /// The grant is gone: revoked, expired, or the password changed. A person must connect the mailbox again.
  /// `error` is empty where the server gave none.
  case refused(error: String, description: String)
  /// The server does not accept this client, scope or request, whoever signed in.
  case misconfigured(error: String, description: String)
  /// What was refused is an assertion signed with the time of day, and this machine's clock and the server's are more
  /// than two minutes apart. `ahead`: this machine's is, by so much; negative when it is behind.
  case clockWrong(ahead: Duration, error: String, description: String)
  /// The token endpoint could not be asked, or could not answer. Nothing is known about the grant.
  /// `status`: of the HTTP answer, where there was one. `retryAfter`: how long it wants not to be asked.
  case unavailable(status: Int? = nil, retryAfter: Duration? = nil, words: String)
  /// This host has no proof for the app at hand, so nobody was asked.
  case clientProof(ClientProofFault)
  /// The mailbox was disconnected or connected anew in the meantime.
  case disconnected
  case cancelled
}
