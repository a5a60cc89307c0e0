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

/// Random octets from OpenSSL's generator, which the kernel seeds. They may be used for keys.
package func randomOctets(_ count: Int) -> [UInt8] {
  var octets = [UInt8](repeating: 0, count: count)
  let status = RAND_bytes(&octets, Int32(count))
  precondition(status == 1, "no random numbers to be had: \(lastOpenSSLError())")
  return octets
}

/// The error text of OpenSSL's last failure on this thread.
func lastOpenSSLError() -> String {
  var text = [CChar](repeating: 0, count: 256)
  ERR_error_string_n(ERR_get_error(), &text, text.count)
  ERR_clear_error()
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
