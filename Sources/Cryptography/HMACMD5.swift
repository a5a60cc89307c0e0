// HMAC with MD5 (RFC 2104), for CRAM-MD5 alone.
import COpenSSL

package enum HMACMD5 {
  /// - Returns: `nil` where OpenSSL's configuration forbids MD5.
  package static func code(for octets: [UInt8], key: [UInt8]) -> [UInt8]? {
    var code = [UInt8](repeating: 0, count: 16)
    var count: UInt32 = 0
    guard HMAC(EVP_md5(), key, Int32(key.count), octets, octets.count, &code, &count) != nil else {
      ERR_clear_error()
      return nil
    }
    return code
  }
}
