// PLAIN (RFC 4616) and LOGIN (an expired draft that Microsoft offers instead).

extension SASL {
  package struct Plain: SASLExchange {
    package let name = "PLAIN"
    private let username: [UInt8]
    private let password: Hidden

    package init(username: String, password: [UInt8]) throws(SASLError) {
      self.username = try SASL.username(username)
      self.password = try SASL.password(password)
    }

    package mutating func initialResponse() -> [UInt8]? { [.nul] + username + [.nul] + password.octets }

    package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] { throw .unexpectedChallenge }
  }

  /// The prompts are not read: some servers ask in words of their own.
  package struct Login: SASLExchange {
    private enum Phase {
      case username
      case password
      case done
    }

    package let name = "LOGIN"
    private let username: [UInt8]
    private let password: Hidden
    private var phase = Phase.username

    package init(username: String, password: [UInt8]) throws(SASLError) {
      self.username = try SASL.username(username)
      self.password = try SASL.password(password)
    }

    package mutating func initialResponse() -> [UInt8]? { nil }

    package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
      switch phase {
      case .username:
        phase = .password
        return username
      case .password:
        phase = .done
        return password.octets
      case .done:
        throw .unexpectedChallenge
      }
    }
  }
}
