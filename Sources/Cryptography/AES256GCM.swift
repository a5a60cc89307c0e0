// AES-256 in Galois/counter mode: encrypts, and detects every change. NIST SP 800-38D.
import COpenSSL

package enum AES256GCM {
  package static let keyOctets = 32
  static let nonceOctets = 12
  static let tagOctets = 16

  package enum Failure: Error, Equatable {
    /// The key is not 32 octets long.
    case wrongKeyLength
    /// The key, the associated data or an octet of the sealed data is not the one that was used to seal. Nothing was decrypted.
    case notAuthentic
    /// OpenSSL's words.
    case unavailable(String)
  }

  /// - Parameter associatedData: authenticated, and not part of the result. Opening needs it again, unchanged.
  /// - Returns: a random 96-bit nonce, the ciphertext, and the 128-bit tag, one after the other.
  package static func seal(
    _ plaintext: [UInt8], key: [UInt8], associatedData: [UInt8] = []
  ) throws(Failure) -> [UInt8] {
    try seal(plaintext, key: key, associatedData: associatedData, nonce: randomOctets(nonceOctets))
  }

  /// For tests with known answers only: a nonce that is used twice with one key reveals both messages.
  static func seal(
    _ plaintext: [UInt8], key: [UInt8], associatedData: [UInt8], nonce: [UInt8]
  ) throws(Failure) -> [UInt8] {
    let cipher = try Cipher(key: key, nonce: nonce, encrypting: true)
    try cipher.authenticate(associatedData)
    let ciphertext = try cipher.update(plaintext)
    return nonce + ciphertext + (try cipher.finishSealing())
  }

  /// - Parameter sealed: what `seal` has returned.
  package static func open(
    _ sealed: [UInt8], key: [UInt8], associatedData: [UInt8] = []
  ) throws(Failure) -> [UInt8] {
    guard sealed.count >= nonceOctets + tagOctets else { throw .notAuthentic }
    let cipher = try Cipher(key: key, nonce: Array(sealed.prefix(nonceOctets)), encrypting: false)
    try cipher.authenticate(associatedData)
    let plaintext = try cipher.update(Array(sealed.dropFirst(nonceOctets).dropLast(tagOctets)))
    guard cipher.finishOpening(tag: Array(sealed.suffix(tagOctets))) else { throw .notAuthentic }
    return plaintext
  }
}

/// Owns an EVP_CIPHER_CTX for one message.
private struct Cipher: ~Copyable {
  private let context: OpaquePointer

  init(key: [UInt8], nonce: [UInt8], encrypting: Bool) throws(AES256GCM.Failure) {
    let context = EVP_CIPHER_CTX_new()
    precondition(context != nil, "out of memory")
    self.context = context!
    guard key.count == AES256GCM.keyOctets else { throw .wrongKeyLength }
    guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, encrypting ? 1 : 0) == 1 else {
      throw .unavailable(lastOpenSSLError())
    }
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  func authenticate(_ data: [UInt8]) throws(AES256GCM.Failure) {
    var count: Int32 = 0
    if data.isEmpty { return }
    guard EVP_CipherUpdate(context, nil, &count, data, Int32(data.count)) == 1 else {
      throw .unavailable(lastOpenSSLError())
    }
  }

  func update(_ input: [UInt8]) throws(AES256GCM.Failure) -> [UInt8] {
    if input.isEmpty { return [] }
    var output = [UInt8](repeating: 0, count: input.count)
    var count: Int32 = 0
    guard EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1, Int(count) == input.count else {
      throw .unavailable(lastOpenSSLError())
    }
    return output
  }

  func finishSealing() throws(AES256GCM.Failure) -> [UInt8] {
    var rest: UInt8 = 0
    var count: Int32 = 0
    var tag = [UInt8](repeating: 0, count: AES256GCM.tagOctets)
    guard EVP_CipherFinal_ex(context, &rest, &count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tag.count), &tag) == 1
    else { throw .unavailable(lastOpenSSLError()) }
    return tag
  }

  func finishOpening(tag: [UInt8]) -> Bool {
    var tag = tag
    var rest: UInt8 = 0
    var count: Int32 = 0
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(tag.count), &tag) == 1
      && EVP_CipherFinal_ex(context, &rest, &count) == 1
  }
}
