// The app as it is registered with an identity server, and how it shows there that it is the one. RFC 6749 §2.3.

import Cryptography
package import FoundationEssentials
package import Mailboxes

package struct OAuthClient: Sendable, Equatable {
  package var id: String
  package var proof: OAuthGrant.ClientProof
  package var tokenURL: URL

  package init(id: String, proof: OAuthGrant.ClientProof = .none, tokenURL: URL) {
    self.id = id
    self.proof = proof
    self.tokenURL = tokenURL
  }

  /// A request by this client, to the token endpoint if nothing else is said. Its secret goes into the body
  /// (`client_secret_post`), as in Microsoft's and Google's own samples: about Basic servers disagree whether id and secret
  /// are form-encoded before base64 (§2.3.1).
  ///
  /// - Throws: `.misconfigured` when the private key cannot sign.
  func request(
    _ fields: TokenRequest.Fields, to url: URL? = nil, now: Date
  ) throws(TokenError) -> TokenRequest {
    var request = TokenRequest(to: url ?? tokenURL, fields: fields + [("client_id", .plain(id))])
    switch proof {
    case .none: break
    case .secret(let secret): request.fields.append(("client_secret", .secret(secret)))
    case .certificate(let key):
      request.fields += [
        ("client_assertion_type", .plain("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
        ("client_assertion", .secret(try Assertion.client(id, at: tokenURL, now: now).signed(by: key, as: "x5t#S256"))),
      ]
      request.dependsOnClock = true
    }
    return request
  }
}
