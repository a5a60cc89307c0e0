// Why a person's sign-in came to nothing, in facts.

/// Carries servers' words, cleaned and capped, never a secret.
package enum SignInError: Error, Equatable, Sendable {
  /// The provider does not offer this flow.
  case notOffered
  /// No port of this machine's loopback could be opened; the system's words.
  case cannotListen(String)
  /// Nobody came back in time, or the code that was to be typed ran out.
  case timedOut
  /// The provider, or the person, said no: at the authorization endpoint or in the device flow.
  case refused(error: String, description: String)
  /// What came back from the browser is not the answer to this sign-in.
  case callback(CallbackFault)
  /// The token endpoint would not give tokens for the code.
  case token(TokenError)
  /// Tokens were given, but none to ask for the next ones. Microsoft: `offline_access` was not granted. Google: without
  /// `prompt=consent` only the first sign-in brings one. `granted`: the scopes, where the server named them.
  case noRefreshToken(granted: String)
  /// The person or an administrator left out what sending needs.
  case scopeMissing(String, granted: String)
  /// The caller was cancelled.
  case cancelled

  init(_ error: TokenError) { self = error == .cancelled ? .cancelled : .token(error) }

  package enum CallbackFault: Error, Equatable, Sendable {
    /// No query in it, or one too long to be one.
    case unreadable
    /// No `state`: not from our sign-in, or not the whole of it.
    case noState
    /// Of another sign-in, or a forgery.
    case otherState
    /// RFC 9207: another identity server answered than was asked.
    case otherIssuer
    /// Of this sign-in, but neither `code` nor `error` is in it.
    case noCode
    /// The id token was made for another sign-in.
    case otherNonce
  }
}
