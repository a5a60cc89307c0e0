// What entitles us to access tokens. The refresh token does today; client credentials and signed assertions fit here.

package import Mailboxes

/// Turns what was granted into the request for one access token.
package protocol TokenGrant: Sendable {
  /// - Parameter refreshToken: the newest one, from the keeper; `nil` for grants that have none.
  func request(refreshToken: Secret?) -> TokenRequest
}

extension OAuthGrant: TokenGrant {
  /// RFC 6749 §6. The client's secret goes in the body (`client_secret_post`): Microsoft's and Google's own samples do
  /// so, and with Basic servers disagree on whether id and secret are form-encoded before base64 (§2.3.1).
  package func request(refreshToken: Secret?) -> TokenRequest {
    var fields: [(name: String, value: TokenRequest.Value)] = [
      ("grant_type", .plain("refresh_token")),
      ("client_id", .plain(clientID)),
    ]
    if let token = refreshToken ?? self.refreshToken { fields.append(("refresh_token", .secret(token))) }
    if case .secret(let clientSecret) = proof { fields.append(("client_secret", .secret(clientSecret))) }
    if let scope { fields.append(("scope", .plain(scope))) }
    return TokenRequest(to: tokenURL, fields: fields)
  }
}
