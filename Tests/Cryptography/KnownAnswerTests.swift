// Known answers from the standards that define them.
import Testing

@testable import Cryptography

@Suite struct KnownAnswerTests {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16: plaintext, associated data, result.
  static let galoisCounter: [(key: String, nonce: String, plaintext: String, associated: String, sealed: String)] = [
    (zeros(32), zeros(12), "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    (zeros(32), zeros(12), zeros(16), "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    (
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"
    ),
  ]

  @Test(arguments: galoisCounter)
  func `AES-256-GCM seals as its authors did`(
    key: String, nonce: String, plaintext: String, associated: String, sealed: String
  ) throws {
    let box = try AES256GCM.seal(
      octets(plaintext), key: octets(key), associatedData: octets(associated), nonce: octets(nonce))
    #expect(box == octets(nonce + sealed))
    #expect(try AES256GCM.open(box, key: octets(key), associatedData: octets(associated)) == octets(plaintext))
  }

  @Test func `HMAC with MD5 of RFC 2195 and RFC 2202`() {
    let challenge = Array("<1896.697170952@postoffice.reston.mci.net>".utf8)
    #expect(
      HMACMD5.code(for: challenge, key: Array("tanstaaftanstaaf".utf8)) == octets("b913a602c7eda7a495b4e6e7334d3890"))
    #expect(
      HMACMD5.code(for: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        == octets("750c783e6ab0b503eaa86e310a5db738"))
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `SHA-256 of FIPS 180-4`(text: String, digest: String) {
    #expect(SHA256.digest(of: Array(text.utf8)) == octets(digest))
  }

  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ])
  func `HMAC-SHA-256 of RFC 4231, and of nothing`(key: [UInt8], text: String, code: String) {
    #expect(HMACSHA256.code(for: Array(text.utf8), key: key) == octets(code))
  }

  @Test(arguments: [
    (1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"),
    (2, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"),
    (4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
  ])
  func `PBKDF2-HMAC-SHA-256 of "password" and "salt"`(iterations: Int, key: String) {
    let derived = PBKDF2SHA256.key(password: Array("password".utf8), salt: Array("salt".utf8), iterations: iterations)
    #expect(derived == octets(key))
  }
}

func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

func octets(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
