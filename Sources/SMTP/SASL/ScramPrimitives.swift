// The arithmetic of SCRAM-SHA-256 and CRAM-MD5, handed in because this module imports nothing.

package struct ScramPrimitives: Sendable {
  package let sha256: @Sendable (_ octets: [UInt8]) -> [UInt8]
  package let hmac: @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8]
  package let pbkdf2: @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8]
  /// With MD5; `nil` on a host that forbids MD5.
  package let hmacMD5: @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8]?
  /// Fresh at each call, printable and without a comma; 18 random octets in Base64 do.
  package let nonce: @Sendable () -> [UInt8]

  package init(
    sha256: @escaping @Sendable (_ octets: [UInt8]) -> [UInt8],
    hmac: @escaping @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8],
    pbkdf2: @escaping @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8],
    hmacMD5: @escaping @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8]?,
    nonce: @escaping @Sendable () -> [UInt8]
  ) {
    self.sha256 = sha256
    self.hmac = hmac
    self.pbkdf2 = pbkdf2
    self.hmacMD5 = hmacMD5
    self.nonce = nonce
  }
}
