// How a mailbox signs in at its server.

package import Foundation

package enum SignIn: Sendable, Equatable {
  /// The server knows this machine by its address, or is the sandbox.
  case none
  case password(username: String, Secret)
  case oauth(OAuthGrant)
}

/// A refresh token and what it takes to turn it into access tokens (RFC 6749 §6).
package struct OAuthGrant: Sendable, Equatable {
  package enum Mechanism: String, Sendable, Codable, CaseIterable {
    case xoauth2
    case oauthbearer
  }

  /// Whom the access token is for, as SASL names him; mostly the mailbox's address.
  package var username: String
  package var mechanism: Mechanism
  package var tokenURL: URL
  package var clientID: String
  package var clientSecret: Secret?
  package var scope: String?
  package var refreshToken: Secret

  package init(
    username: String, mechanism: Mechanism, tokenURL: URL, clientID: String, clientSecret: Secret? = nil,
    scope: String? = nil, refreshToken: Secret
  ) {
    self.username = username
    self.mechanism = mechanism
    self.tokenURL = tokenURL
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.scope = scope
    self.refreshToken = refreshToken
  }
}
