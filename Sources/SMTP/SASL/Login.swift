// LOGIN: two prompts, two answers. An expired draft (draft-murchison-sasl-login) that Microsoft offers instead of PLAIN
// and that old devices know alone.

extension SASLMechanism {
  static let login = SASLMechanism(name: "LOGIN", evidence: .password) { credential, _ throws(SASLError) in
    try LoginClient(credential)
  } server: { _ in
    LoginServer()
  }
}

/// Does not read the prompts: some servers ask in words of their own.
private struct LoginClient: SASLClientExchange {
  private enum Prompt {
    case username
    case password
    case none
  }

  let name = "LOGIN"
  private let username: [UInt8]
  private let password: HiddenOctets
  /// What the next challenge asks for.
  private var expected = Prompt.username

  init(_ credential: SASLCredential) throws(SASLError) {
    (username, password) = try credential.requirePassword()
  }

  mutating func initialResponse() -> [UInt8]? { nil }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch expected {
    case .username:
      expected = .password
      return username
    case .password:
      expected = .none
      return password.octets
    case .none:
      throw .unexpectedChallenge
    }
  }
}

private struct LoginServer: SASLServerExchange {
  private enum State {
    case fresh
    case asked(username: String)
    case checking(username: String)
    case ended
  }

  private var state = State.fresh

  /// Some clients send the user name with AUTH, though the mechanism lets the server speak first.
  mutating func receive(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.fresh, nil):
      return .challenge(Array("Username:".utf8))
    case (.fresh, let response?):
      guard let username = String(username: response) else { return .failure(.malformed) }
      state = .asked(username: username)
      return .challenge(Array("Password:".utf8))
    case (.asked(let username), let response?):
      state = .checking(username: username)
      return .ask(password: response, of: username)
    case (.asked, nil), (.checking, _), (.ended, _):
      return .failure(.malformed)
    }
  }

  mutating func resume(with answer: SASLAnswer) -> SASLServerStep {
    guard case .checking(let username) = state else { return .failure(.malformed) }
    state = .ended
    return .verdict(answer, on: username)
  }
}
