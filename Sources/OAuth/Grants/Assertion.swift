// What is signed in place of showing a secret: that this is the client (RFC 7523 §2.2), or that a service account asks for
// a user's mailbox (§2.1).

import Cryptography
import FoundationEssentials
import Mailboxes

struct Assertion: Encodable {
  var iss: String
  var sub: String
  var aud: String
  var scope: String?
  /// Different each time, so that no assertion can be used twice.
  var jti = Base64URL.encode(randomOctets(16))
  var iat: Date
  var nbf: Date
  var exp: Date

  static func client(_ id: String, at tokenURL: URL, now: Date) -> Assertion {
    Assertion(iss: id, sub: id, aud: tokenURL.absoluteString, iat: now, nbf: now, exp: now + 300)
  }

  /// - Parameters:
  ///   - account: the service account's address.
  ///   - mailbox: whom it acts for.
  static func service(
    _ account: String, for mailbox: String, scope: String?, at tokenURL: URL, now: Date
  ) -> Assertion {
    Assertion(
      iss: account, sub: mailbox, aud: tokenURL.absoluteString, scope: scope, iat: now, nbf: now, exp: now + 3600)
  }

  /// - Parameter field: of the header, for the key's name: `kid` or `x5t#S256`.
  func signed(by key: SigningKey, as field: String) throws(TokenError) -> Secret {
    do {
      let signing = try RSAKey(pem: key.privateKey)
      return Secret(try JWS.compact(header: [field: key.name], claims: self, signedBy: signing))
    } catch {
      throw .misconfigured(error: "", description: "the saved private key cannot sign: \(error)")
    }
  }
}
