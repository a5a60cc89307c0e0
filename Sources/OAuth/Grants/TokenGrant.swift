// What entitles us to access tokens, turned into the request for one.

package import FoundationEssentials
package import Mailboxes

package protocol TokenGrant: Sendable {
  /// - Parameters:
  ///   - refreshToken: the newest one, from the ``TokenStore``; `nil` for grants that have none.
  ///   - now: goes into what is signed.
  /// - Throws: `.misconfigured` and `.clientProof`, where this host has nothing to prove itself with.
  func request(refreshToken: Secret?, now: Date) async throws(TokenError) -> TokenRequest
}

extension OAuthGrant: TokenGrant {
  package func request(refreshToken: Secret?, now: Date) async throws(TokenError) -> TokenRequest {
    let client = OAuthClient(id: clientID, proof: proof, tokenURL: tokenURL)
    let scopes: TokenRequest.Fields = scope.map { [("scope", .plain($0))] } ?? []
    switch entitlement {
    case .refreshToken(let first, _):
      return try await client.request(
        [("grant_type", .plain("refresh_token")), ("refresh_token", .secret(refreshToken ?? first))] + scopes, now: now)
    case .clientCredentials:
      return try await client.request([("grant_type", .plain("client_credentials"))] + scopes, now: now)
    case .serviceAccount(let key):
      // The assertion names account and scope; client_id would be one of another kind (RFC 7521 §4.1).
      let assertion = Assertion.service(clientID, for: username, scope: scope, at: tokenURL, now: now)
      return TokenRequest(
        to: tokenURL,
        fields: [
          ("grant_type", .plain("urn:ietf:params:oauth:grant-type:jwt-bearer")),
          ("assertion", .secret(try assertion.signed(by: key, as: "kid"))),
        ], dependsOnClock: true)
    }
  }
}
