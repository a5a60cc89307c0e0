// Where and how a provider grants access by OAuth: its endpoints, scopes and grants.

package import Foundation

/// How a provider signs people and apps in by OAuth. `{tenant}` in a URL stands for the organisation.
package struct OAuthService: Sendable, Equatable {
  package enum AppOnly: String, Sendable, CaseIterable {
    /// RFC 6749 §4.4, with a secret or a signed assertion (RFC 7523 §2.2).
    case clientCredentials = "client-credentials"
    /// RFC 7523 §2.1: Google's service accounts.
    case serviceAccount = "service-account"
  }

  package var authorizeURL: String?
  package var tokenURL: String
  /// Its name in its own answers (RFC 9207); compared where an answer has one.
  package var issuer: String?
  package var deviceURL: String?
  /// Where an administrator approves the app for the whole organisation.
  package var consentURL: String?
  package var scopes: [String] = []
  /// For ``appOnly``, where its scopes differ.
  package var appScopes: [String] = []
  package var appOnly: AppOnly?
  /// Further parameters of the authorization request, as a query.
  package var authorizeExtra = ""
  /// `localhost` or `127.0.0.1`: the host of the loopback redirect as apps register it at this provider.
  package var redirectHost = "127.0.0.1"
  /// For `{tenant}` where nobody names one; empty where one must be named.
  package var tenant = ""

  package init(tokenURL: String) {
    self.tokenURL = tokenURL
  }

  /// The token endpoint of one organisation.
  package func tokenURL(tenant: String?) -> URL? { url(tokenURL, tenant) }
  package func authorizeURL(tenant: String?) -> URL? { authorizeURL.flatMap { url($0, tenant) } }
  package func deviceURL(tenant: String?) -> URL? { deviceURL.flatMap { url($0, tenant) } }

  package func issuer(tenant: String?) -> String? { issuer?.replacing("{tenant}", with: tenant ?? self.tenant) }

  private func url(_ template: String, _ tenant: String?) -> URL? {
    URL(string: template.replacing("{tenant}", with: tenant ?? self.tenant))
  }
}
