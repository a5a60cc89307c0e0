// RSA keys that sign: RS256 of RFC 7518 §3.3, which is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
import COpenSSL

/// Why a key or a certificate cannot be used.
package enum PEMError: Error, Equatable, Sendable {
  /// No PEM block of the kind that was wanted, or a damaged one.
  case unreadable
  /// The key is protected by a passphrase, and there is nobody to ask for it.
  case encrypted
  /// The key is of another kind, which RS256 cannot use.
  case notRSA
  /// The key has fewer than the 2,048 bits that RFC 7518 §3.3 demands.
  case tooShort(bits: Int)
}

/// A private key. OpenSSL wipes its copy when this value is destroyed.
package struct RSAKey: ~Copyable {
  package static let fewestBits = 2048
  let key: OpaquePointer

  /// - Parameter pem: PKCS #8 or PKCS #1, not encrypted.
  package init(pem: UnsafeRawBufferPointer) throws(PEMError) {
    let source = BIO_new_mem_buf(pem.baseAddress, Int32(clamping: pem.count))
    defer {
      BIO_free(source)
      ERR_clear_error()
    }
    var wasAskedForPassphrase = false
    // Without a callback OpenSSL would ask on the terminal.
    let found = PEM_read_bio_PrivateKey(source, nil, refusePassphrase, &wasAskedForPassphrase)
    guard let found else { throw wasAskedForPassphrase ? .encrypted : .unreadable }
    if let fault = Self.fault(of: found) {
      EVP_PKEY_free(found)
      throw fault
    }
    key = found
  }

  private static func fault(of key: OpaquePointer) -> PEMError? {
    guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { return .notRSA }
    let bits = Int(EVP_PKEY_get_bits(key))
    return bits < fewestBits ? .tooShort(bits: bits) : nil
  }

  deinit { EVP_PKEY_free(key) }

  /// An RS256 signature, as long as the modulus of the key.
  package func signature(of octets: [UInt8]) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var count = Int(EVP_PKEY_get_size(key))
    var signature = [UInt8](repeating: 0, count: count)
    let done =
      EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1
      && EVP_DigestSign(context, &signature, &count, octets, octets.count) == 1
    precondition(done, "OpenSSL does not sign: \(lastOpenSSLError())")
    return Array(signature.prefix(count))
  }
}

/// Notes that OpenSSL asked for a passphrase, and gives none.
private func refusePassphrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32, _ wasAsked: UnsafeMutableRawPointer?
) -> Int32 {
  wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
  return -1
}
