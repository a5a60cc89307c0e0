// SHA-256, HMAC (RFC 2104) and PBKDF2 (RFC 8018).
import COpenSSL

package enum SHA256 {
  package static let digestOctets = 32

  package static func digest(of octets: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: digestOctets)
    let status = EVP_Digest(octets, octets.count, &digest, nil, EVP_sha256(), nil)
    precondition(status == 1, "OpenSSL has no SHA-256: \(lastOpenSSLError())")
    return digest
  }
}

/// SHA-256 of what comes in pieces. Belongs to whoever makes it.
package struct SHA256Stream: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("OpenSSL has no SHA-256: \(lastOpenSSLError())")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ octets: [UInt8]) {
    precondition(EVP_DigestUpdate(context, octets, octets.count) == 1, "OpenSSL refuses SHA-256: \(lastOpenSSLError())")
  }

  package consuming func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: SHA256.digestOctets)
    precondition(
      EVP_DigestFinal_ex(context, &digest, nil) == 1, "OpenSSL refuses SHA-256: \(lastOpenSSLError())")
    return digest
  }
}

package enum HMACSHA256 {
  package static func code(for octets: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: SHA256.digestOctets)
    var count: UInt32 = 0
    let done = HMAC(EVP_sha256(), key, Int32(key.count), octets, octets.count, &code, &count)
    precondition(done != nil, "OpenSSL has no HMAC-SHA-256: \(lastOpenSSLError())")
    return code
  }
}

package enum PBKDF2SHA256 {
  /// Derives a key from a password. The time it takes is in proportion to `iterations`: some milliseconds for the thousands
  /// that are usual.
  ///
  /// - Parameter iterations: at least 1.
  package static func key(password: [UInt8], salt: [UInt8], iterations: Int, octets: Int = 32) -> [UInt8] {
    var key = [UInt8](repeating: 0, count: octets)
    let status = password.withUnsafeBytes { password in
      PKCS5_PBKDF2_HMAC(
        password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count), salt, Int32(salt.count),
        Int32(clamping: iterations), EVP_sha256(), Int32(octets), &key)
    }
    precondition(status == 1, "OpenSSL refuses PBKDF2: \(lastOpenSSLError())")
    return key
  }
}
