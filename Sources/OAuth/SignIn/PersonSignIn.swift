// What a person's sign-in brings, by whichever flow.

package import FoundationEssentials
package import Mailboxes

package struct PersonSignIn: Sendable, Equatable {
  package var refreshToken: Secret
  /// When it ends whatever we do, where the provider said so.
  package var lapses: Date?
  /// Who signed in; `nil` where the provider does not say. The caller decides whether it is the right one.
  package var account: Account?
  /// Scopes, separated by spaces; `nil` where the provider did not name them: then they are what was asked for.
  package var granted: String?

  /// - Parameters:
  ///   - scopes: as they were asked for; those that concern mail must have been granted.
  ///   - nonce: as sent, where one was.
  init(_ answer: TokenAnswer, for scopes: [String], nonce: String? = nil) throws(SignInError) {
    let granted = answer.scope.map { UntrustedText.cleaned($0) } ?? ""
    if let scope = answer.scope, let missing = Self.missing(of: scopes, in: scope) {
      throw .scopeMissing(missing, granted: granted)
    }
    guard let refreshToken = answer.refreshToken else { throw .noRefreshToken(granted: granted) }
    let idToken = answer.idToken.flatMap { IDToken($0) }
    if let nonce, let theirs = idToken?.nonce, theirs != nonce { throw .callback(.otherNonce) }
    self.refreshToken = refreshToken
    lapses = answer.refreshTokenLapses
    account = idToken?.account
    self.granted = answer.scope == nil ? nil : granted
  }

  /// What of the scopes asked for is saved. A refresh asks for the scopes of mail only. The scopes about the person served to
  /// find out who signed in; had the person refused one of them, every refresh that asks for it would be refused.
  package static func savedScope(of scopes: [String]) -> String? {
    let scopes = scopes.filter { !aboutPerson.contains($0) || $0 == "offline_access" }
    return scopes.isEmpty ? nil : scopes.joined(separator: " ")
  }

  /// What to save.
  package func grant(
    username: String, mechanism: OAuthGrant.Mechanism, by client: OAuthClient, scopes: [String]
  ) -> OAuthGrant {
    OAuthGrant(
      username: username, mechanism: mechanism, tokenURL: client.tokenURL, clientID: client.id, proof: client.proof,
      scope: Self.savedScope(of: scopes), entitlement: .refreshToken(refreshToken, lapses: lapses))
  }

  /// Servers name a scope in full or by its last part, in any case of letters, and leave out those about the person.
  private static func missing(of wanted: [String], in granted: String) -> String? {
    let granted = Set(granted.split(separator: " ").map { name(of: String($0)) })
    let mail = wanted.filter { !aboutPerson.contains($0) }
    return mail.first { !granted.contains(name(of: $0)) }
  }

  private static func name(of scope: String) -> String {
    let scope = scope.lowercased()
    guard let last = scope.split(separator: "/", omittingEmptySubsequences: false).last, !last.isEmpty else {
      return scope
    }
    return String(last)
  }
}

private let aboutPerson: Set = ["openid", "email", "profile", "offline_access"]
