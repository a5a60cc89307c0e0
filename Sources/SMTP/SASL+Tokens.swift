// XOAUTH2 (Google's and Microsoft's own) and OAUTHBEARER (RFC 7628). Two framings; a token in the wrong one fails.

extension SASL {
  private static let fieldEnd: UInt8 = 0x01

  package struct XOAuth2: SASLExchange {
    package let name = "XOAUTH2"
    package let keepsInitialResponseBack = true
    package private(set) var failure: [UInt8]?
    private let username: [UInt8]
    private let token: Hidden

    /// - Parameter username: the mailbox that signs in, which with shared mailboxes is not the address it sends as.
    package init(username: String, token: [UInt8]) throws(SASLError) {
      self.username = try SASL.username(username)
      self.token = try SASL.token(token)
    }

    package mutating func initialResponse() -> [UInt8]? {
      Array("user=".utf8) + username + [fieldEnd] + Array("auth=Bearer ".utf8) + token.octets + [fieldEnd, fieldEnd]
    }

    /// A challenge only ever tells what failed. It wants an empty answer, and the true refusal follows; `*` would lose it.
    package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
      guard failure == nil else { throw .unexpectedChallenge }
      failure = challenge
      return []
    }
  }

  package struct OAuthBearer: SASLExchange {
    package let name = "OAUTHBEARER"
    package let keepsInitialResponseBack = true
    package private(set) var failure: [UInt8]?
    private let username: [UInt8]
    private let host: [UInt8]
    private let port: Int
    private let token: Hidden

    package init(username: String, host: String, port: Int, token: [UInt8]) throws(SASLError) {
      self.username = SASL.escaped(try SASL.username(username))
      self.host = Array(host.utf8)
      guard !self.host.contains(where: { $0.isControl || $0 == .space }) else { throw .forbiddenCharacter(in: .host) }
      self.port = port
      self.token = try SASL.token(token)
    }

    package mutating func initialResponse() -> [UInt8]? {
      var response = Array("n,a=".utf8) + username + Array(",".utf8) + [fieldEnd]
      response += Array("host=".utf8) + host + [fieldEnd]
      response += Array("port=\(port)".utf8) + [fieldEnd]
      return response + Array("auth=Bearer ".utf8) + token.octets + [fieldEnd, fieldEnd]
    }

    /// As with XOAUTH2, but the answer that makes the server say its refusal is one 0x01 (RFC 7628 §3.2.3).
    package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
      guard failure == nil else { throw .unexpectedChallenge }
      failure = challenge
      return [fieldEnd]
    }
  }

  /// `,` and `=` would end a name (RFC 5801 §4, RFC 5802 §5.1).
  static func escaped(_ name: [UInt8]) -> [UInt8] {
    name.flatMap { octet -> [UInt8] in
      switch octet {
      case UInt8(ascii: ","): Array("=2C".utf8)
      case UInt8(ascii: "="): Array("=3D".utf8)
      default: [octet]
      }
    }
  }
}
