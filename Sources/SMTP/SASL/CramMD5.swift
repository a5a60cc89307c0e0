// CRAM-MD5: the client answers a challenge with an HMAC of it. RFC 2195. For devices that know nothing better; the server
// has to keep the password itself, and Letterhead signs in nowhere with it.

extension SASLMechanism {
  /// Offered only where somebody asks for it: some clients that see it prefer it, and have no password that is kept so.
  package static let cramMD5 = SASLMechanism(name: "CRAM-MD5", evidence: .password) { primitives in
    CramMD5Server(primitives)
  }
}

private struct CramMD5Server: SASLServerExchange {
  private enum State {
    case fresh
    case challenged([UInt8])
    case asked(challenge: [UInt8], CramMD5Response)
    case ended
  }

  private let primitives: ScramPrimitives
  private var state = State.fresh

  init(_ primitives: ScramPrimitives) { self.primitives = primitives }

  mutating func receive(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.fresh, nil):
      // In the form of a message identifier, which is what clients expect.
      let challenge = Array("<".utf8) + primitives.nonce() + Array("@letterhead>".utf8)
      state = .challenged(challenge)
      return .challenge(challenge)
    case (.challenged(let challenge), let response?):
      guard let response = CramMD5Response(parsing: response) else { return fail(.malformed) }
      state = .asked(challenge: challenge, response)
      return .ask(.equivalents(of: response.username))
    case (.fresh, _), (.challenged, nil), (.asked, _), (.ended, _):
      return fail(.malformed)
    }
  }

  mutating func resume(with answer: SASLAnswer) -> SASLServerStep {
    guard case .asked(let challenge, let response) = state else { return fail(.malformed) }
    guard case .equivalents(let passwords) = answer else {
      return fail(answer == .unavailable ? .unavailable : .refused)
    }
    let digests = passwords.compactMap { primitives.hmacMD5($0.octets, challenge) }
    guard digests.count == passwords.count else { return fail(.unavailable) }
    guard digests.contains(where: { HiddenOctets($0).isSame(as: response.digest) }) else { return fail(.refused) }
    state = .ended
    return .success(username: response.username)
  }

  private mutating func fail(_ failure: SASLFailure) -> SASLServerStep {
    state = .ended
    return .failure(failure)
  }
}

/// `user 0123…cdef`: the user name, and the digest in 32 hexadecimal digits. A name may have blanks in it.
private struct CramMD5Response {
  let username: String
  let digest: [UInt8]

  init?(parsing response: [UInt8]) {
    guard let blank = response.lastIndex(of: .space), let username = String(username: response[..<blank]) else {
      return nil
    }
    let digits = response[(blank + 1)...].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == 32, response.count - blank == 33 else { return nil }
    self.username = username
    self.digest = (0..<16).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
  }
}
