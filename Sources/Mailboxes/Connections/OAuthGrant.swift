// What was granted to us by OAuth, and what it takes to ask for access tokens with it.

package import Foundation

/// What entitles us to access tokens, and what it takes to ask for them.
package struct OAuthGrant: Sendable, Equatable {
  package enum Mechanism: String, Sendable, Codable, CaseIterable {
    case xoauth2
    case oauthbearer
  }

  /// What was granted, and to whom.
  package enum Entitlement: Sendable, Equatable {
    /// A person signed in (RFC 6749 §6). `lapses`: when the token ends even if it is used, where the provider
    /// said so.
    case refreshToken(Secret, lapses: Date? = nil)
    /// An administrator admitted the client itself (RFC 6749 §4.4). There is no refresh token.
    case clientCredentials
    /// A service account that may act for the mailbox (RFC 7523 §2.1): ``clientID`` is the account's address.
    case serviceAccount(SigningKey)
  }

  /// How the client proves at the token endpoint that it is the registered one.
  package enum ClientProof: Sendable, Equatable {
    /// A public client, which must not send a secret.
    case none
    case secret(Secret)
    /// A signed assertion (RFC 7523 §2.2).
    case certificate(SigningKey)
    /// An assertion of another identity provider's (RFC 7523 §2.2), in a file of this path, which something else renews.
    /// Read for each request and kept nowhere.
    case assertionFile(String)
    /// A program that prints the secret, by its whole path, and its arguments. Run for each request; the secret is kept
    /// nowhere.
    case secretCommand([String])
  }

  /// The SASL user name of the account that the access token is for; mostly the mailbox's address.
  package var username: String
  package var mechanism: Mechanism
  package var tokenURL: URL
  package var clientID: String
  package var proof: ClientProof
  /// Scopes, separated by spaces.
  package var scope: String?
  package var entitlement: Entitlement

  package init(
    username: String, mechanism: Mechanism, tokenURL: URL, clientID: String, proof: ClientProof = .none,
    scope: String? = nil, entitlement: Entitlement
  ) {
    self.username = username
    self.mechanism = mechanism
    self.tokenURL = tokenURL
    self.clientID = clientID
    self.proof = proof
    self.scope = scope
    self.entitlement = entitlement
  }

  /// A grant of a person who signed in, to a client with a secret or without.
  package init(
    username: String, mechanism: Mechanism, tokenURL: URL, clientID: String, clientSecret: Secret? = nil,
    scope: String? = nil, refreshToken: Secret
  ) {
    self.init(
      username: username, mechanism: mechanism, tokenURL: tokenURL, clientID: clientID,
      proof: clientSecret.map { .secret($0) } ?? .none, scope: scope, entitlement: .refreshToken(refreshToken))
  }

  /// `nil` for a grant without a person: no token is rotated or lapses.
  package var refreshToken: Secret? {
    if case .refreshToken(let token, _) = entitlement { token } else { nil }
  }

  /// The grant after a use of it.
  package func used(_ use: SignInUse) -> OAuthGrant {
    guard case .refreshToken(let token, let lapses) = entitlement else { return self }
    var grant = self
    grant.entitlement = .refreshToken(use.refreshToken ?? token, lapses: use.lapses ?? lapses)
    return grant
  }
}

extension OAuthGrant {
  /// The key of the entitlement or of the proof; no grant has two keys.
  package var signingKey: SigningKey? {
    if case .serviceAccount(let key) = entitlement { return key }
    if case .certificate(let key) = proof { return key }
    return nil
  }
}
