// The server's side of a sign-in: fed with the client's responses, answers with the step to take. Does no I/O: what it
// must know of a user it asks, and whoever drives it finds that out.

/// What the driver of an exchange does next.
package enum SASLServerStep: Equatable, Sendable {
  /// Send these octets; the client's answer goes into `receive`.
  case challenge([UInt8])
  /// Find the answer, and hand it to `resume`.
  case ask(SASLQuestion)
  /// The client has proved that it is this user.
  case success(username: String)
  case failure(SASLFailure)
}

/// What an exchange must know of a user.
package enum SASLQuestion: Equatable, Sendable {
  /// Is this the user's password? To be answered with `.accepted`, `.refused` or `.unavailable`.
  case isPassword(HiddenOctets, of: String)
  /// What is stored of the user's password? To be answered with `.verifier`, `.refused` or `.unavailable`. For a user
  /// who does not exist `ScramVerifier.decoy` hides that fact.
  case verifier(of: String)
  /// What is kept of the user's password for CRAM-MD5? To be answered with `.equivalents`, `.refused` or `.unavailable`.
  case equivalents(of: String)

  /// The user name, as the client wrote it.
  package var username: String {
    switch self {
    case .isPassword(_, let username), .verifier(let username), .equivalents(let username): username
    }
  }
}

package enum SASLAnswer: Equatable, Sendable {
  case accepted
  case verifier(ScramVerifier)
  /// Of the password, and behind it, while one is replaced by another, of the older one.
  case equivalents([HiddenOctets])
  /// There is no such user, or the password is another, or the user may not sign in.
  case refused
  /// Nobody can tell now: the client may try again later.
  case unavailable
}

/// Why a client is not signed in.
package enum SASLFailure: Error, Equatable, Sendable {
  /// A response that the mechanism does not allow.
  case malformed
  case refused
  /// The client wants to act as somebody other than the user whose password it has.
  case otherIdentity
  case unavailable
}

/// One sign-in by one mechanism, from the server's side. Good for one try.
package protocol SASLServerExchange: Sendable {
  /// Takes the client's next response.
  ///
  /// - Parameter response: decoded; `nil` at the beginning of an exchange, where the client sent no initial response.
  mutating func receive(_ response: [UInt8]?) -> SASLServerStep

  /// Takes the answer to the question that the last step asked.
  mutating func resume(with answer: SASLAnswer) -> SASLServerStep
}

extension SASLQuestion {
  /// The answer, where `verifier` is what is stored of this user's password. Checking a password takes as long as the
  /// verifier's iterations do: call it on a thread that may block.
  package func answer(from verifier: ScramVerifier, _ primitives: ScramPrimitives) -> SASLAnswer {
    switch self {
    case .isPassword(let password, _): verifier.matches(password, primitives) ? .accepted : .refused
    case .verifier: .verifier(verifier)
    case .equivalents: .refused
    }
  }
}

extension SASLServerStep {
  /// The end of a mechanism whose only question was `.isPassword`.
  static func verdict(_ answer: SASLAnswer, on username: String) -> SASLServerStep {
    switch answer {
    case .accepted: .success(username: username)
    case .unavailable: .failure(.unavailable)
    case .refused, .verifier, .equivalents: .failure(.refused)
    }
  }

  /// Asks whether `password` is the user's. An empty password is nobody's.
  static func ask(password: some Collection<UInt8>, of username: String) -> SASLServerStep {
    password.isEmpty ? .failure(.refused) : .ask(.isPassword(HiddenOctets(Array(password)), of: username))
  }
}

extension String {
  /// A user name that a client sent: UTF-8, not empty, without control characters.
  init?(username octets: some Collection<UInt8>) {
    guard !octets.isEmpty, !octets.contains(where: \.isControl) else { return nil }
    self.init(validating: octets, as: UTF8.self)
  }
}
