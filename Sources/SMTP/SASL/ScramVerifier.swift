// What a server stores of a password: enough to check it, too little to sign in with it elsewhere. RFC 5802 §3, 5803.

/// Serves SCRAM-SHA-256, and PLAIN and LOGIN as well. The keys do not print.
package struct ScramVerifier: Hashable, Sendable {
  /// What is derived from one password with the salt.
  package struct Keys: Hashable, Sendable {
    package let stored: HiddenOctets
    package let server: HiddenOctets

    package init(stored: HiddenOctets, server: HiddenOctets) {
      self.stored = stored
      self.server = server
    }
  }

  package let salt: [UInt8]
  package let iterations: Int
  /// Of the password; behind it, while one password is replaced by another, also of the older one. They share the salt,
  /// because a server names one before it knows which of the two the client has.
  package var keys: [Keys]

  package init(salt: [UInt8], iterations: Int, keys: [Keys]) {
    self.salt = salt
    self.iterations = iterations
    self.keys = keys
  }

  /// Derives the keys from a password, which takes as long as `iterations` do.
  package init(password: HiddenOctets, salt: [UInt8], iterations: Int, _ primitives: ScramPrimitives) {
    let salted = primitives.pbkdf2(password.octets, salt, iterations)
    let keys = Keys(
      stored: HiddenOctets(primitives.sha256(primitives.hmac(salted, Array("Client Key".utf8)))),
      server: HiddenOctets(primitives.hmac(salted, Array("Server Key".utf8))))
    self.init(salt: salt, iterations: iterations, keys: [keys])
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
    return ScramVerifier(salt: Array(salt), iterations: iterations, keys: [Keys(stored: unknown, server: unknown)])
  }

  /// Takes as long as `iterations` do, however many keys there are.
  package func matches(_ password: HiddenOctets, _ primitives: ScramPrimitives) -> Bool {
    let other = ScramVerifier(password: password, salt: salt, iterations: iterations, primitives)
    return other.keys.contains { keys(storedAs: $0.stored.octets) != nil }
  }

  func keys(storedAs octets: [UInt8]) -> Keys? { keys.first { $0.stored.isSame(as: octets) } }
}
