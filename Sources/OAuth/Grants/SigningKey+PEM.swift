// A client's certificate and key, as files hold them, checked and made one signing key.

package import Cryptography
package import Mailboxes

extension SigningKey {
  package enum Failure: Error, Equatable, Sendable {
    case privateKey(PEMError)
    case certificate(PEMError)
    /// The key is not the certificate's.
    case otherKey
  }

  /// For assertions that name the certificate by its thumbprint, as Microsoft wants them.
  package init(certificate: [UInt8], privateKey: Secret) throws(Failure) {
    let certificate = try Self.certificate(certificate)
    let key = try Self.key(privateKey)
    guard certificate.belongs(to: key) else { throw .otherKey }
    self.init(privateKey: privateKey, name: Base64URL.encode(certificate.thumbprint), expires: certificate.expires)
  }

  private static func certificate(_ pem: [UInt8]) throws(Failure) -> Certificate {
    do throws(PEMError) { return try Certificate(pem: pem) } catch { throw .certificate(error) }
  }

  private static func key(_ pem: Secret) throws(Failure) -> RSAKey {
    do throws(PEMError) { return try RSAKey(pem: pem) } catch { throw .privateKey(error) }
  }
}

extension RSAKey {
  init(pem: Secret) throws(PEMError) {
    self = try pem.withOctets { octets throws(PEMError) in try RSAKey(pem: octets) }
  }
}
