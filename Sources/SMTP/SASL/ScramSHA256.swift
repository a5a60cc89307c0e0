// SCRAM-SHA-256: the password is never sent, and the server proves that it knows it too. RFC 5802, 7677.
// Without channel binding. Both sides; what both read and compute is in ScramMessages.

extension SASLMechanism {
  static let scramSHA256 = SASLMechanism(
    name: "SCRAM-SHA-256", evidence: .password
  ) { credential, primitives throws(SASLError) in
    try ScramClient(credential, primitives)
  } server: { primitives in
    ScramServer(primitives)
  }
}

// MARK: The client

private struct ScramClient: SASLClientExchange {
  /// What has been sent, and so what is expected next.
  private enum State {
    case fresh
    case sentFirst(bare: [UInt8], nonce: [UInt8])
    case sentProof(serverSignature: HiddenOctets)
    case verified
  }

  /// A server with fewer was tampered with (RFC 7677 §4); more would occupy this thread for long.
  private static let iterations = 4096...600_000

  let name = "SCRAM-SHA-256"
  private let username: [UInt8]
  private let password: HiddenOctets
  private let primitives: ScramPrimitives
  private var state = State.fresh

  init(_ credential: SASLCredential, _ primitives: ScramPrimitives) throws(SASLError) {
    let (username, password) = try credential.requirePassword()
    self.username = SASLName.escaped(username)
    self.password = password
    self.primitives = primitives
  }

  mutating func initialResponse() -> [UInt8]? {
    let nonce = primitives.nonce()
    let bare = Array("n=".utf8) + username + Array(",r=".utf8) + nonce
    state = .sentFirst(bare: bare, nonce: nonce)
    return Array("n,,".utf8) + bare
  }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .sentFirst(let bare, let nonce):
      return try prove(bare: bare, to: ScramServerFirst(parsing: challenge, after: nonce), challenge: challenge)
    case .sentProof(let signature):
      try verify(challenge, is: signature)
      state = .verified
      return []
    case .fresh, .verified:
      throw .unexpectedChallenge
    }
  }

  func finish() throws(SASLError) {
    guard case .verified = state else { throw .wrongServerSignature }
  }

  private mutating func prove(
    bare: [UInt8], to server: ScramServerFirst, challenge: [UInt8]
  ) throws(SASLError) -> [UInt8] {
    guard Self.iterations.contains(server.iterations) else { throw .iterationCount(server.iterations) }
    let salted = primitives.pbkdf2(password.octets, server.salt, server.iterations)
    let clientKey = primitives.hmac(salted, Array("Client Key".utf8))
    let serverKey = primitives.hmac(salted, Array("Server Key".utf8))
    // "biws" is "n,,": no channel binding.
    let final = Array("c=biws,r=".utf8) + server.nonce
    let signed = ScramSignedText(clientFirst: bare, serverFirst: challenge, clientFinal: final)
    let signature = primitives.hmac(primitives.sha256(clientKey), signed.octets)
    state = .sentProof(serverSignature: HiddenOctets(primitives.hmac(serverKey, signed.octets)))
    return final + Array(",p=".utf8) + Base64.encode(zip(clientKey, signature).map { $0 ^ $1 })
  }

  private func verify(_ challenge: [UInt8], is signature: HiddenOctets) throws(SASLError) {
    let attributes = challenge.split(separator: UInt8(ascii: ","))
    guard let first = attributes.first else { throw .malformedChallenge }
    if let word = first.attribute("e") { throw .serverError(String(decoding: word, as: UTF8.self)) }
    guard let said = first.attribute("v").flatMap(Base64.decode) else { throw .malformedChallenge }
    guard signature.isSame(as: said) else { throw .wrongServerSignature }
  }
}

// MARK: The server

private struct ScramServer: SASLServerExchange {
  private enum State {
    case fresh
    /// The verifier of the user who is named there has been asked for.
    case asked(ScramClientFirst)
    case challenged(ScramClientFirst, nonce: [UInt8], serverFirst: [UInt8], ScramVerifier)
    /// The server's signature has been sent; the client accepts it with an empty response.
    case proved(username: String)
    case ended
  }

  private let primitives: ScramPrimitives
  private var state = State.fresh

  init(_ primitives: ScramPrimitives) { self.primitives = primitives }

  mutating func receive(_ response: [UInt8]?) -> SASLServerStep {
    do throws(SASLFailure) { return try advance(response) } catch {
      state = .ended
      return .failure(error)
    }
  }

  mutating func resume(with answer: SASLAnswer) -> SASLServerStep {
    switch (state, answer) {
    case (.asked(let first), .verifier(let verifier)):
      let nonce = first.nonce + primitives.nonce()
      let challenge = ScramServerFirst(nonce: nonce, salt: verifier.salt, iterations: verifier.iterations).octets
      state = .challenged(first, nonce: nonce, serverFirst: challenge, verifier)
      return .challenge(challenge)
    case (_, .unavailable):
      state = .ended
      return .failure(.unavailable)
    default:
      state = .ended
      return .failure(.refused)
    }
  }

  private mutating func advance(_ response: [UInt8]?) throws(SASLFailure) -> SASLServerStep {
    guard let response else {
      guard case .fresh = state else { throw .malformed }
      return .challenge([])
    }
    switch state {
    case .fresh:
      let first = try ScramClientFirst(parsing: response)
      state = .asked(first)
      return .ask(.verifier(of: first.username))
    case .challenged(let first, let nonce, let serverFirst, let verifier):
      let final = try ScramClientFinal(parsing: response, after: first, nonce: nonce)
      let signed = ScramSignedText(
        clientFirst: first.bare, serverFirst: serverFirst, clientFinal: final.withoutProof)
      let keys = try keys(proved: final.proof, of: signed, by: verifier)
      state = .proved(username: first.username)
      return .challenge(Array("v=".utf8) + Base64.encode(primitives.hmac(keys.server.octets, signed.octets)))
    case .proved(let username) where response.isEmpty:
      state = .ended
      return .success(username: username)
    case .asked, .proved, .ended:
      throw .malformed
    }
  }

  /// The proof is the client's key, masked with a signature that only who knows the stored key can compute.
  private func keys(
    proved proof: [UInt8], of signed: ScramSignedText, by verifier: ScramVerifier
  ) throws(SASLFailure) -> ScramVerifier.Keys {
    for keys in verifier.keys {
      let signature = primitives.hmac(keys.stored.octets, signed.octets)
      let clientKey = zip(proof, signature).map { $0 ^ $1 }
      if proof.count == signature.count, keys.stored.isSame(as: primitives.sha256(clientKey)) { return keys }
    }
    throw .refused
  }
}
