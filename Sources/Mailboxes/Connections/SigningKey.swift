// The key that signs assertions for a token endpoint.

package import Foundation

/// A private key that signs assertions, and the name under which the other side knows it.
package struct SigningKey: Sendable, Equatable {
  /// PEM, not encrypted.
  package var privateKey: Secret
  /// The key's name in the header of an assertion: a certificate's SHA-256 thumbprint (`x5t#S256`), or a key id (`kid`).
  package var name: String
  /// When the certificate expires.
  package var expires: Date?

  package init(privateKey: Secret, name: String, expires: Date? = nil) {
    self.privateKey = privateKey
    self.name = name
    self.expires = expires
  }
}
