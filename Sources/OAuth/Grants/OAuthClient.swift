// The app as it is registered with an identity server, and how it shows there that it is the one. RFC 6749 §2.3.

import Cryptography
package import FoundationEssentials
package import Mailboxes
import Platform

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
  /// - Throws: `.misconfigured` when the private key cannot sign, `.clientProof` when file or command give nothing.
  func request(
    _ fields: TokenRequest.Fields, to url: URL? = nil, now: Date
  ) async throws(TokenError) -> TokenRequest {
    var request = TokenRequest(to: url ?? tokenURL, fields: fields + [("client_id", .plain(id))])
    switch proof {
    case .none: break
    case .secret(let secret): request.fields += Self.fields(secret: secret)
    case .secretCommand(let words): request.fields += Self.fields(secret: try await Self.secret(printedBy: words))
    case .assertionFile(let path):
      request.fields += Self.fields(assertion: try await Self.assertion(in: path, now: now))
    case .certificate(let key):
      request.fields += Self.fields(
        assertion: try Assertion.client(id, at: tokenURL, now: now).signed(by: key, as: "x5t#S256"))
      request.dependsOnClock = true
    }
    return request
  }

  private static func fields(secret: Secret) -> TokenRequest.Fields { [("client_secret", .secret(secret))] }

  private static func fields(assertion: Secret) -> TokenRequest.Fields {
    [
      ("client_assertion_type", .plain("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
      ("client_assertion", .secret(assertion)),
    ]
  }

  // MARK: What is read anew each time, on a thread that may block

  private static func assertion(in path: String, now: Date) async throws(TokenError) -> Secret {
    do throws(ClientProofFault.FileFault) {
      return try await Worker(name: "assertion").run { () throws(ClientProofFault.FileFault) in
        try AssertionFile(path: path).read(now: now)
      }
    } catch {
      throw .clientProof(.file(path, error))
    }
  }

  private static func secret(printedBy words: [String]) async throws(TokenError) -> Secret {
    do throws(ClientProofFault.CommandFault) {
      return try await Worker(name: "secret").run { () throws(ClientProofFault.CommandFault) in
        try SecretCommand(words: words).run()
      }
    } catch {
      throw .clientProof(.command(words.first ?? "", error))
    }
  }
}
