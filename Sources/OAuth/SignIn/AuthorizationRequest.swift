// The authorization code flow with PKCE, for apps on a person's machine. RFC 6749 §4.1, RFC 7636, RFC 8252.

import Cryptography
package import FoundationEssentials
package import Mailboxes

/// One attempt of one person to sign in. Make a new one for each: state, nonce and verifier are good for one.
package struct AuthorizationRequest: Sendable {
  /// Open it in a browser.
  package let url: URL
  private let client: OAuthClient
  private let redirectURI: String
  private let issuer: String?
  private let scopes: [String]
  private let state = Base64URL.encode(randomOctets(24))
  /// 43 characters (RFC 7636 §4.1).
  private let verifier = Secret(Base64URL.encode(randomOctets(32)))
  private let nonce: String?

  /// - Parameters:
  ///   - redirectURI: where the browser is sent with the code, as it is registered.
  ///   - loginHint: whom the provider should propose.
  /// - Throws: `.notOffered`.
  package init(
    to service: OAuthService, tenant: String? = nil, by client: OAuthClient, redirectURI: String,
    loginHint: String? = nil
  ) throws(SignInError) {
    guard let endpoint = service.authorizeURL(tenant: tenant), TokenEndpoint.allows(endpoint) else { throw .notOffered }
    self.client = client
    self.redirectURI = redirectURI
    issuer = service.issuer(tenant: tenant)
    scopes = service.scopes
    nonce = scopes.contains("openid") ? Base64URL.encode(randomOctets(16)) : nil
    var fields: [(String, String?)] = [
      ("response_type", "code"), ("client_id", client.id), ("redirect_uri", redirectURI),
      ("scope", scopes.joined(separator: " ")), ("state", state),
      ("code_challenge", Base64URL.encode(SHA256.digest(of: verifier.withOctets { Array($0) }))),
      ("code_challenge_method", "S256"),
    ]
    fields += [("nonce", nonce), ("login_hint", loginHint)]
    let query = fields.compactMap { name, value in value.map { "\(name)=\(Form.escaped($0))" } }
    let extra = service.authorizeExtra.isEmpty ? [] : [service.authorizeExtra]
    let separator = endpoint.query == nil ? "?" : "&"
    let text = endpoint.absoluteString + separator + (query + extra).joined(separator: "&")
    guard let url = URL(string: text) else { throw .notOffered }
    self.url = url
  }

  /// The code in the answer to this request.
  ///
  /// - Throws: `.callback` for what is no answer to it, `.refused` for an answer that says no.
  package func code(in callback: Callback) throws(SignInError) -> Secret {
    guard let theirs = callback["state"] else { throw .callback(.noState) }
    guard theirs == state else { throw .callback(.otherState) }
    if let issuer, let theirs = callback["iss"], theirs != issuer { throw .callback(.otherIssuer) }
    if let error = callback["error"] {
      throw .refused(
        error: UntrustedText.cleaned(error), description: UntrustedText.cleaned(callback["error_description"] ?? ""))
    }
    guard let code = callback["code"] else { throw .callback(.noCode) }
    return Secret(code)
  }

  /// Exchanges the code, which works once.
  package func signIn(
    with code: Secret, at endpoint: TokenEndpoint, now: Date
  ) async throws(SignInError) -> PersonSignIn {
    let answer: TokenAnswer
    do throws(TokenError) {
      let request = try await client.request(
        [
          ("grant_type", .plain("authorization_code")), ("code", .secret(code)), ("redirect_uri", .plain(redirectURI)),
          ("code_verifier", .secret(verifier)),
        ], now: now)
      answer = try await endpoint.ask(request, now: now)
    } catch {
      throw SignInError(error)
    }
    return try PersonSignIn(answer, for: scopes, nonce: nonce)
  }
}
