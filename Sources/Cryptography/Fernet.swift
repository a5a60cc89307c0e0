// Fernet tokens, as Python's `cryptography` makes them: version 0x80, time, IV, AES-128-CBC with PKCS #7, HMAC-SHA-256.
// Letterhead opens them to take over what another program has kept, and makes none. The time is not judged.
import COpenSSL

package enum Fernet {
  package static let keyOctets = 32
  private static let versionOctets = 1 + 8
  private static let blockOctets = 16

  package enum Failure: Error, Equatable {
    /// Another key, a changed octet, or no token at all. Nothing was decrypted.
    case notAuthentic
  }

  /// - Parameters:
  ///   - token: in base64url.
  ///   - key: the key for signing, then the one for encryption: 16 octets each.
  package static func open(_ token: String, key: [UInt8]) throws(Failure) -> [UInt8] {
    guard key.count == keyOctets, let octets = Base64URL.decode(token), octets.first == 0x80,
      octets.count >= versionOctets + 2 * blockOctets + SHA256.digestOctets
    else { throw .notAuthentic }
    let signed = Array(octets.dropLast(SHA256.digestOctets))
    let code = HMACSHA256.code(for: signed, key: Array(key.prefix(16)))
    guard CRYPTO_memcmp(code, Array(octets.suffix(SHA256.digestOctets)), code.count) == 0 else { throw .notAuthentic }
    let vector = Array(signed.dropFirst(versionOctets).prefix(blockOctets))
    return try decrypt(Array(signed.dropFirst(versionOctets + blockOctets)), key: Array(key.suffix(16)), vector)
  }

  private static func decrypt(_ ciphertext: [UInt8], key: [UInt8], _ vector: [UInt8]) throws(Failure) -> [UInt8] {
    let context = EVP_CIPHER_CTX_new()
    precondition(context != nil, "out of memory")
    defer {
      EVP_CIPHER_CTX_free(context)
      ERR_clear_error()
    }
    var plaintext = [UInt8](repeating: 0, count: ciphertext.count + blockOctets)
    var (count, rest): (Int32, Int32) = (0, 0)
    let done =
      EVP_DecryptInit_ex(context, EVP_aes_128_cbc(), nil, key, vector) == 1
      && EVP_DecryptUpdate(context, &plaintext, &count, ciphertext, Int32(ciphertext.count)) == 1
      && plaintext.withUnsafeMutableBufferPointer { buffer in
        EVP_DecryptFinal_ex(context, buffer.baseAddress?.advanced(by: Int(count)), &rest) == 1
      }
    guard done else { throw .notAuthentic }
    return Array(plaintext.prefix(Int(count + rest)))
  }
}
