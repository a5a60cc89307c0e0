// How a mailbox signs in at its server.

package enum SignIn: Sendable, Equatable {
  /// No sign-in: the server knows this machine by its address, or is the sandbox.
  case none
  case password(username: String, Secret)
  case oauth(OAuthGrant)
}
