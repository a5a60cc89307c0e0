// AES-256 in Galois/counter mode: encrypts, and notices every change. NIST SP 800-38D.
import COpenSSL

package enum AES256GCM {
  package static let keyOctets = 32
  static let nonceOctets = 12
  static let tagOctets = 16

  package enum Failure: Error, Equatable {
    /// The key is not 32 octets long.
    case wrongKeyLength
    /// Another key, other associated data, or not a single octet of the box is as it was sealed. Nothing was decrypted.
    case notAuthentic
    /// OpenSSL's words.
    case unavailable(String)
  }

  /// - Parameter associatedData: not in the box; needed again, unchanged, to open it.
  /// - Returns: a random 96-bit nonce, the ciphertext, and the 128-bit tag, one after the other.
  package static func seal(
    _ plaintext: [UInt8], key: [UInt8], associatedData: [UInt8] = []
  ) throws(Failure) -> [UInt8] {
    try seal(plaintext, key: key, associatedData: associatedData, nonce: randomOctets(nonceOctets))
  }

  /// For known answers only: a nonce used twice under one key gives both messages away.
  static func seal(
    _ plaintext: [UInt8], key: [UInt8], associatedData: [UInt8], nonce: [UInt8]
  ) throws(Failure) -> [UInt8] {
    let cipher = try Cipher(key: key, nonce: nonce, encrypting: true)
    try cipher.authenticate(associatedData)
    let ciphertext = try cipher.update(plaintext)
    return nonce + ciphertext + (try cipher.finishSealing())
  }

  package static func open(
    _ box: [UInt8], key: [UInt8], associatedData: [UInt8] = []
  ) throws(Failure) -> [UInt8] {
    guard box.count >= nonceOctets + tagOctets else { throw .notAuthentic }
    let cipher = try Cipher(key: key, nonce: Array(box.prefix(nonceOctets)), encrypting: false)
    try cipher.authenticate(associatedData)
    let plaintext = try cipher.update(Array(box.dropFirst(nonceOctets).dropLast(tagOctets)))
    guard cipher.finishOpening(tag: Array(box.suffix(tagOctets))) else { throw .notAuthentic }
    return plaintext
  }
}

/// One use of EVP_CIPHER_CTX.
private struct Cipher: ~Copyable {
  private let context: OpaquePointer

  init(key: [UInt8], nonce: [UInt8], encrypting: Bool) throws(AES256GCM.Failure) {
    let context = EVP_CIPHER_CTX_new()
    precondition(context != nil, "out of memory")
    self.context = context!
    guard key.count == AES256GCM.keyOctets else { throw .wrongKeyLength }
    guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, encrypting ? 1 : 0) == 1 else {
      throw .unavailable(lastWords())
    }
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  func authenticate(_ data: [UInt8]) throws(AES256GCM.Failure) {
    var count: Int32 = 0
    if data.isEmpty { return }
    guard EVP_CipherUpdate(context, nil, &count, data, Int32(data.count)) == 1 else { throw .unavailable(lastWords()) }
  }

  func update(_ input: [UInt8]) throws(AES256GCM.Failure) -> [UInt8] {
    if input.isEmpty { return [] }
    var output = [UInt8](repeating: 0, count: input.count)
    var count: Int32 = 0
    guard EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1, Int(count) == input.count else {
      throw .unavailable(lastWords())
    }
    return output
  }

  func finishSealing() throws(AES256GCM.Failure) -> [UInt8] {
    var rest: UInt8 = 0
    var count: Int32 = 0
    var tag = [UInt8](repeating: 0, count: AES256GCM.tagOctets)
    guard EVP_CipherFinal_ex(context, &rest, &count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tag.count), &tag) == 1
    else { throw .unavailable(lastWords()) }
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
