// What an access token says of itself, where it is a JWT: for whom it is, and what it permits. RFC 9068.
//
// It is shown to people, and tells a token for SMTP from one for an API. Whoever takes the token judges it: nothing is
// permitted for what stands here, and nothing refused for what does not.

import Cryptography
import FoundationEssentials
package import Mailboxes

package struct AccessTokenClaims: Sendable, Equatable {
  private static let longest = 65_536

  /// Fit to be shown.
  package let audience: String
  /// What a person granted, and the app's own roles.
  package let permissions: [String]

  /// `nil` for a token that is no JWT, as Google's and those of personal accounts.
  package init?(_ token: Secret) {
    let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
    guard token.withOctets({ $0.count <= Self.longest }), parts.count == 3,
      let payload = Base64URL.decode(String(parts[1])),
      let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload))
    else { return nil }
    audience = UntrustedText.cleaned(claims.audience)
    permissions = (claims.scopes + claims.roles).prefix(20).map { UntrustedText.cleaned($0) }
  }

  /// The way out that it is for, at those who name it; `nil`: it does not tell.
  package var transport: TransportKind? {
    let audience = audience.lowercased()
    if Self.exchange.contains(where: audience.contains) { return .smtp }
    return Self.graph.contains(where: audience.contains) ? .graph : nil
  }

  /// Microsoft's names and numbers of the two services, in all its clouds.
  private static let exchange = ["://outlook.", "partner.outlook.cn", "00000002-0000-0ff1-ce00-000000000000"]
  private static let graph = ["graph.microsoft.", "microsoftgraph.", "00000003-0000-0000-c000-000000000000"]

  private struct Claims: Decodable {
    let audience: String
    let scopes: [String]
    let roles: [String]

    private enum Key: String, CodingKey { case aud, scp, roles }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let many = try? fields.decode([String].self, forKey: .aud)
      audience = try many?.joined(separator: " ") ?? fields.decode(String.self, forKey: .aud)
      scopes = (try? fields.decode(String.self, forKey: .scp))?.split(separator: " ").map(String.init) ?? []
      roles = (try? fields.decode([String].self, forKey: .roles)) ?? []
    }
  }
}
