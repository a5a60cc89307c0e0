// The client's side of a sign-in: asked by the server, answers from a credential. Knows nothing of SMTP's lines.

package enum SASLError: Error, Equatable, Sendable {
  /// The user name, password, token or host holds an octet that would forge a field.
  case forbiddenCharacter(in: CredentialPart)
  /// The mechanism signs in with a password and was given a token, or the reverse.
  case wrongEvidence
  /// The server asked once more than the mechanism has answers.
  case unexpectedChallenge
  case malformedChallenge
  /// SCRAM: the server's nonce does not begin with the client's. The server's message is a replay.
  case wrongNonce
  /// SCRAM: too few to be safe, or so many that computing them would occupy this thread for long.
  case iterationCount(Int)
  /// SCRAM: the server does not know the password either.
  case wrongServerSignature
  /// SCRAM: the server's own word for what is wrong (RFC 5802 §7).
  case serverError(String)

  package enum CredentialPart: Equatable, Sendable {
    case username
    case password
    case token
    case host
  }
}

/// What a client signs in with.
package enum SASLCredential: Sendable {
  /// The user name is the mailbox that signs in, which for a shared mailbox is not the address it sends as.
  case password(username: String, HiddenOctets)
  /// Host and port are the server's, as the client dialled it; OAUTHBEARER repeats them.
  case bearerToken(username: String, HiddenOctets, host: String, port: Int)
}

/// One sign-in by one mechanism, from the client's side. Good for one try.
package protocol SASLClientExchange: Sendable {
  /// As EHLO lists it.
  var name: String { get }
  /// The initial response goes on a line of its own, behind the server's 334: tokens are longer than command lines.
  var keepsInitialResponseBack: Bool { get }
  /// What the server said in a challenge that only tells of a failure, for people to see.
  var failure: [UInt8]? { get }
  /// `nil` when the server speaks first.
  mutating func initialResponse() -> [UInt8]?
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8]
  /// To be called when the server reports success: throws if the server has yet to prove that it knows the password.
  func finish() throws(SASLError)
}

extension SASLClientExchange {
  package var keepsInitialResponseBack: Bool { false }
  package var failure: [UInt8]? { nil }
  package func finish() throws(SASLError) {}
}

extension SASLCredential {
  /// The user name and the password, checked.
  func requirePassword() throws(SASLError) -> (username: [UInt8], password: HiddenOctets) {
    guard case .password(let username, let password) = self else { throw .wrongEvidence }
    // A password is any text without the octets that end a field or a line.
    guard !password.octets.contains(where: { $0 == .nul || $0 == .cr || $0 == .lf }) else {
      throw .forbiddenCharacter(in: .password)
    }
    return (try Self.checked(username), password)
  }

  /// The user name, the token and where it is shown, checked.
  func requireToken() throws(SASLError) -> (username: [UInt8], token: HiddenOctets, host: [UInt8], port: Int) {
    guard case .bearerToken(let username, let token, let host, let port) = self else { throw .wrongEvidence }
    // Bearer tokens are printable ASCII without blanks (RFC 6750 §2.1).
    guard !token.octets.isEmpty, token.octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .forbiddenCharacter(in: .token)
    }
    guard !host.utf8.contains(where: { $0.isControl || $0 == .space }) else { throw .forbiddenCharacter(in: .host) }
    return (try Self.checked(username), token, Array(host.utf8), port)
  }

  /// User names have no control characters and are not empty.
  private static func checked(_ username: String) throws(SASLError) -> [UInt8] {
    let octets = Array(username.utf8)
    guard !octets.isEmpty, !octets.contains(where: \.isControl) else { throw .forbiddenCharacter(in: .username) }
    return octets
  }
}
