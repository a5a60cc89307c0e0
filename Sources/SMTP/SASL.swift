// Signing in at a provider. RFC 4422; each mechanism as a value that is asked and answers, with no word of SMTP in it.

package enum SASLError: Error, Equatable, Sendable {
  /// The user name, password or token holds an octet that would forge a field.
  case forbiddenCharacter(in: Field)
  /// The server asked once more than the mechanism has answers.
  case unexpectedChallenge
  case malformedChallenge
  /// SCRAM: the server's nonce does not begin with ours. Somebody replays.
  case wrongNonce
  /// SCRAM: too few to be safe, or so many that the server keeps us busy.
  case iterationCount(Int)
  /// SCRAM: the server does not know the password either.
  case wrongServerSignature
  /// SCRAM: the server's own word for what is wrong (RFC 5802 §7).
  case serverError(String)

  package enum Field: Equatable, Sendable {
    case username
    case password
    case token
    case host
  }
}

/// One sign-in by one mechanism, from the client's side. Good for one try.
package protocol SASLExchange: Sendable {
  /// As EHLO names it.
  var name: String { get }
  /// The initial response goes on a line of its own, behind the server's 334: tokens are longer than command lines.
  var keepsInitialResponseBack: Bool { get }
  /// What the server said in a challenge that only tells of a failure, for people to see.
  var failure: [UInt8]? { get }
  /// `nil` when the server speaks first.
  mutating func initialResponse() -> [UInt8]?
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8]
  /// The server says that we are signed in: throws if it has yet to show that it is who it claims to be.
  func finish() throws(SASLError)
}

extension SASLExchange {
  package var keepsInitialResponseBack: Bool { false }
  package var failure: [UInt8]? { nil }
  package func finish() throws(SASLError) {}
}

/// The mechanisms.
package enum SASL {
  /// A password or token. Prints as `[secret]`, in a dump too.
  struct Hidden: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let octets: [UInt8]
    var description: String { "[secret]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// User names: no control characters, and not empty.
  static func username(_ text: String) throws(SASLError) -> [UInt8] {
    let octets = Array(text.utf8)
    guard !octets.isEmpty, !octets.contains(where: \.isControl) else { throw .forbiddenCharacter(in: .username) }
    return octets
  }

  /// Passwords are whatever was set, apart from what ends a field or a line.
  static func password(_ octets: [UInt8]) throws(SASLError) -> Hidden {
    guard !octets.contains(where: { $0 == .nul || $0 == .cr || $0 == .lf }) else {
      throw .forbiddenCharacter(in: .password)
    }
    return Hidden(octets: octets)
  }

  /// Bearer tokens are printable ASCII without blanks (RFC 6750 §2.1).
  static func token(_ octets: [UInt8]) throws(SASLError) -> Hidden {
    guard !octets.isEmpty, octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .forbiddenCharacter(in: .token)
    }
    return Hidden(octets: octets)
  }
}
