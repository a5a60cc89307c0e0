// The key file that Google's console gives for a service account.

package import Cryptography
package import FoundationEssentials
package import Mailboxes

package struct ServiceAccountFile: Sendable, Equatable {
  /// The account's address: who asks.
  package var account: String
  package var key: SigningKey
  /// The number under which an administrator lets it act for the domain's mailboxes; not in every file.
  package var clientID: String?

  package enum Failure: Error, Equatable, Sendable {
    /// Not JSON, or no object.
    case unreadable
    /// JSON of another kind; Google's OAuth client file is the usual mistake. `type` is what it says of itself.
    case otherKind(type: String)
    case missing(field: String)
    /// It belongs to another sign-in service than the provider's.
    case otherTokenURL(String)
    case privateKey(PEMError)
  }

  /// - Parameter tokenURL: the provider's; a file that names another is refused, or the key would sign for that one.
  package init(_ octets: some Sequence<UInt8>, tokenURL: URL) throws(Failure) {
    guard let json = try? JSONDecoder().decode(ServiceAccountJSON.self, from: Data(octets)) else { throw .unreadable }
    guard json.type == "service_account" else { throw .otherKind(type: UntrustedText.cleaned(json.type ?? "")) }
    account = try Self.present(json.client_email, "client_email")
    let name = try Self.present(json.private_key_id, "private_key_id")
    let pem = Secret(try Self.present(json.private_key, "private_key"))
    let theirs = try Self.present(json.token_uri, "token_uri")
    guard URL(string: theirs) == tokenURL else { throw .otherTokenURL(UntrustedText.cleaned(theirs)) }
    do {
      _ = try RSAKey(pem: pem)
    } catch {
      throw .privateKey(error)
    }
    key = SigningKey(privateKey: pem, name: name)
    clientID = json.client_id
  }

  private static func present(_ value: String?, _ field: String) throws(Failure) -> String {
    guard let value, !value.isEmpty else { throw .missing(field: field) }
    return value
  }
}

/// Named as in the file.
private struct ServiceAccountJSON: Decodable {
  var type, client_email, private_key, private_key_id, client_id, token_uri: String?
}
