// SCRAM-SHA-256: the password is never said, and the server must show that it knows it too. RFC 5802, 7677.

/// The arithmetic, handed in because this room imports nothing.
package struct ScramPrimitives: Sendable {
  package let sha256: @Sendable (_ octets: [UInt8]) -> [UInt8]
  package let hmac: @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8]
  package let pbkdf2: @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8]
  /// Fresh at each call, printable and without a comma; 18 random octets in Base64 do.
  package let nonce: @Sendable () -> [UInt8]

  package init(
    sha256: @escaping @Sendable (_ octets: [UInt8]) -> [UInt8],
    hmac: @escaping @Sendable (_ key: [UInt8], _ octets: [UInt8]) -> [UInt8],
    pbkdf2: @escaping @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8],
    nonce: @escaping @Sendable () -> [UInt8]
  ) {
    self.sha256 = sha256
    self.hmac = hmac
    self.pbkdf2 = pbkdf2
    self.nonce = nonce
  }
}

extension SASL {
  package struct ScramSHA256: SASLExchange {
    /// What has been said, and so what is expected next.
    private enum Phase {
      case fresh
      case saidFirst(bare: [UInt8], nonce: [UInt8])
      case saidFinal(serverSignature: [UInt8])
      case verified
    }

    /// Fewer is a server that has been tampered with (RFC 7677 §4); more would keep this thread busy for it.
    private static let iterations = 4096...600_000

    package let name = "SCRAM-SHA-256"
    private let username: [UInt8]
    private let password: Hidden
    private let primitives: ScramPrimitives
    private var phase = Phase.fresh

    package init(username: String, password: [UInt8], primitives: ScramPrimitives) throws(SASLError) {
      self.username = SASL.escaped(try SASL.username(username))
      self.password = try SASL.password(password)
      self.primitives = primitives
    }

    package mutating func initialResponse() -> [UInt8]? {
      let nonce = primitives.nonce()
      let bare = Array("n=".utf8) + username + Array(",r=".utf8) + nonce
      phase = .saidFirst(bare: bare, nonce: nonce)
      return Array("n,,".utf8) + bare
    }

    package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
      switch phase {
      case .saidFirst(let bare, let nonce):
        return try prove(bare: bare, server: ServerFirst(parsing: challenge, after: nonce), said: challenge)
      case .saidFinal(let signature):
        try verify(challenge, is: signature)
        phase = .verified
        return []
      case .fresh, .verified:
        throw .unexpectedChallenge
      }
    }

    package func finish() throws(SASLError) {
      guard case .verified = phase else { throw .wrongServerSignature }
    }

    private mutating func prove(bare: [UInt8], server: ServerFirst, said: [UInt8]) throws(SASLError) -> [UInt8] {
      guard Self.iterations.contains(server.iterations) else { throw .iterationCount(server.iterations) }
      let salted = primitives.pbkdf2(password.octets, server.salt, server.iterations)
      let clientKey = primitives.hmac(salted, Array("Client Key".utf8))
      let serverKey = primitives.hmac(salted, Array("Server Key".utf8))
      // "biws" is "n,,": no channel binding.
      let final = Array("c=biws,r=".utf8) + server.nonce
      let comma = [UInt8(ascii: ",")]
      let everything = bare + comma + said + comma + final
      let signature = primitives.hmac(primitives.sha256(clientKey), everything)
      phase = .saidFinal(serverSignature: primitives.hmac(serverKey, everything))
      return final + Array(",p=".utf8) + Base64.encode(zip(clientKey, signature).map { $0 ^ $1 })
    }

    private func verify(_ challenge: [UInt8], is signature: [UInt8]) throws(SASLError) {
      let attributes = challenge.split(separator: UInt8(ascii: ","))
      guard let first = attributes.first else { throw .malformedChallenge }
      if first.starts(with: "e=".utf8) { throw .serverError(String(decoding: first.dropFirst(2), as: UTF8.self)) }
      guard first.starts(with: "v=".utf8), let said = Base64.decode(first.dropFirst(2)) else {
        throw .malformedChallenge
      }
      // Signatures are compared whole, whatever octet differs first.
      guard said.count == signature.count, zip(said, signature).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else {
        throw .wrongServerSignature
      }
    }
  }
}

/// `r=nonce,s=salt,i=iterations`, with extensions behind it that may be ignored.
private struct ServerFirst {
  let nonce: [UInt8]
  let salt: [UInt8]
  let iterations: Int

  init(parsing challenge: [UInt8], after clientNonce: [UInt8]) throws(SASLError) {
    let attributes = challenge.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    if attributes[0].starts(with: "e=".utf8) {
      throw .serverError(String(decoding: attributes[0].dropFirst(2), as: UTF8.self))
    }
    // An "m=" in first place is an extension that must be understood, and none is.
    guard attributes.count >= 3, attributes[0].starts(with: "r=".utf8), attributes[1].starts(with: "s=".utf8),
      attributes[2].starts(with: "i=".utf8), let salt = Base64.decode(attributes[1].dropFirst(2)), !salt.isEmpty,
      let iterations = Cursor.number(attributes[2].dropFirst(2))
    else { throw .malformedChallenge }
    nonce = Array(attributes[0].dropFirst(2))
    guard nonce.starts(with: clientNonce), nonce.count > clientNonce.count,
      nonce.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .wrongNonce }
    self.salt = salt
    self.iterations = iterations
  }
}
