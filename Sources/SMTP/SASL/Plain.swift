// PLAIN: user name and password in one message. RFC 4616.

extension SASLMechanism {
  static let plain = SASLMechanism(name: "PLAIN", evidence: .password) { credential, _ throws(SASLError) in
    try PlainClient(credential)
  } server: { _ in
    PlainServer()
  }
}

private struct PlainClient: SASLClientExchange {
  let name = "PLAIN"
  private let username: [UInt8]
  private let password: HiddenOctets

  init(_ credential: SASLCredential) throws(SASLError) {
    (username, password) = try credential.requirePassword()
  }

  mutating func initialResponse() -> [UInt8]? { [.nul] + username + [.nul] + password.octets }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] { throw .unexpectedChallenge }
}

private struct PlainServer: SASLServerExchange {
  private enum State {
    case fresh
    case asked(username: String)
    case ended
  }

  private var state = State.fresh

  mutating func receive(_ response: [UInt8]?) -> SASLServerStep {
    guard case .fresh = state else { return .failure(.malformed) }
    guard let response else { return .challenge([]) }
    // Authorization identity, user name, password.
    let parts = response.split(separator: .nul, omittingEmptySubsequences: false)
    guard parts.count == 3, let username = String(username: parts[1]) else { return .failure(.malformed) }
    guard parts[0].isEmpty || parts[0] == parts[1] else { return .failure(.otherIdentity) }
    state = .asked(username: username)
    return .ask(password: parts[2], of: username)
  }

  mutating func resume(with answer: SASLAnswer) -> SASLServerStep {
    guard case .asked(let username) = state else { return .failure(.malformed) }
    state = .ended
    return .verdict(answer, on: username)
  }
}
