// What a server stores of a password: enough to check it, too little to sign in with it elsewhere. RFC 5802 §3, 5803.

/// Serves SCRAM-SHA-256, and PLAIN and LOGIN as well. The keys do not print.
package struct ScramVerifier: Hashable, Sendable {
  package let salt: [UInt8]
  package let iterations: Int
  package let storedKey: HiddenOctets
  package let serverKey: HiddenOctets

  package init(salt: [UInt8], iterations: Int, storedKey: HiddenOctets, serverKey: HiddenOctets) {
    self.salt = salt
    self.iterations = iterations
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// Derives the keys from a password, which takes as long as `iterations` do.
  package init(password: HiddenOctets, salt: [UInt8], iterations: Int, _ primitives: ScramPrimitives) {
    let salted = primitives.pbkdf2(password.octets, salt, iterations)
    self.init(
      salt: salt, iterations: iterations,
      storedKey: HiddenOctets(primitives.sha256(primitives.hmac(salted, Array("Client Key".utf8)))),
      serverKey: HiddenOctets(primitives.hmac(salted, Array("Server Key".utf8))))
  }

  /// For a user who does not exist: no password matches it, and the salt is the same each time, as a user's would be.
  ///
  /// - Parameter key: kept secret and unchanged; who knows it can tell which users exist.
  package static func decoy(
    for username: String, key: HiddenOctets, iterations: Int, _ primitives: ScramPrimitives
  ) -> ScramVerifier {
    let salt = primitives.hmac(key.octets, Array(username.utf8)).prefix(16)
    // Not the hash of any key that is known to anybody.
    let unknown = HiddenOctets(primitives.hmac(key.octets, Array("unknown \(username)".utf8)))
    return ScramVerifier(salt: Array(salt), iterations: iterations, storedKey: unknown, serverKey: unknown)
  }

  /// Takes as long as `iterations` do.
  package func matches(_ password: HiddenOctets, _ primitives: ScramPrimitives) -> Bool {
    let other = ScramVerifier(password: password, salt: salt, iterations: iterations, primitives)
    return storedKey.isSame(as: other.storedKey.octets)
  }
}
