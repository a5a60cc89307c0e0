// The certificate that a client has registered with an identity server: how assertions name it, and when it expires.
import COpenSSL
package import Foundation

/// An X.509 certificate.
package struct Certificate: ~Copyable {
  private let certificate: OpaquePointer

  /// - Parameter pem: the first certificate in it is used. Other content, such as a key, is ignored.
  package init(pem: [UInt8]) throws(PEMError) {
    let source = BIO_new(BIO_s_mem())
    BIO_write(source, pem, Int32(clamping: pem.count))
    defer {
      BIO_free(source)
      ERR_clear_error()
    }
    guard let found = PEM_read_bio_X509(source, nil, nil, nil) else { throw .unreadable }
    certificate = found
  }

  deinit { X509_free(certificate) }

  /// SHA-256 of its DER form. In base64url it is the `x5t#S256` of RFC 7515 §4.1.8.
  package var thumbprint: [UInt8] {
    var digest = [UInt8](repeating: 0, count: SHA256.digestOctets)
    let status = X509_digest(certificate, EVP_sha256(), &digest, nil)
    precondition(status == 1, "OpenSSL has no SHA-256: \(lastOpenSSLError())")
    return digest
  }

  /// The end of its validity.
  package var expires: Date {
    var parts = tm()
    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts)
    return Date(timeIntervalSince1970: Double(timegm(&parts)))
  }

  /// Whether the certificate holds the public half of `key`.
  package func belongs(to key: borrowing RSAKey) -> Bool {
    defer { ERR_clear_error() }
    return X509_check_private_key(certificate, key.key) == 1
  }
}
