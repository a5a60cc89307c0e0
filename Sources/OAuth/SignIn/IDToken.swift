// Who signed in, as the identity server says. OpenID Connect Core §2.
//
// The signature is not checked: the token came straight from the token endpoint over TLS, which §3.1.3.7 (6) allows in its
// place. The account is shown and compared, and gives access to nothing.

import Cryptography
import FoundationEssentials
import Mailboxes

package struct Account: Sendable, Equatable {
  package var email: String?
  package var preferredUsername: String?
  /// Microsoft's user principal name.
  package var upn: String?

  /// All names it goes by, the likeliest address first; without repetitions.
  package var names: [String] {
    var names: [String] = []
    for name in [email, preferredUsername, upn].compactMap(\.self)
    where !names.contains(where: { $0.lowercased() == name.lowercased() }) { names.append(name) }
    return names
  }

  package func isCalled(_ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }
}

struct IDToken: Decodable {
  private static let longest = 65_536

  private let email: String?
  private let preferredUsername: String?
  private let upn: String?
  private let uniqueName: String?
  let nonce: String?

  private enum Key: String, CodingKey {
    case email, upn, nonce
    case preferredUsername = "preferred_username"
    case uniqueName = "unique_name"
  }

  /// `nil` for what is no id token: then it is not known who signed in.
  init?(_ token: Secret) {
    let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
    guard token.withOctets({ $0.count <= Self.longest }), parts.count == 3,
      let payload = Base64URL.decode(String(parts[1])),
      let read = try? JSONDecoder().decode(IDToken.self, from: Data(payload))
    else { return nil }
    self = read
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
    (email, upn, nonce) = (text(.email), text(.upn), text(.nonce))
    (preferredUsername, uniqueName) = (text(.preferredUsername), text(.uniqueName))
  }

  var account: Account {
    Account(
      email: Self.shown(email), preferredUsername: Self.shown(preferredUsername), upn: Self.shown(upn ?? uniqueName))
  }

  private static func shown(_ name: String?) -> String? {
    guard let name, !name.isEmpty, name.utf8.count <= 320 else { return nil }
    return UntrustedText.cleaned(name)
  }
}
