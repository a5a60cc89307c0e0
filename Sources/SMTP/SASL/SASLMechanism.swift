// The registry of sign-in mechanisms (RFC 4422). To add one: a file with both of its sides, and one line in `all`.

/// One SASL mechanism: its name, what a client needs for it, and how each side of it begins.
package struct SASLMechanism: Sendable {
  /// What a client proves its identity with.
  package enum Evidence: Sendable {
    case password
    /// An OAuth access token (RFC 6750).
    case bearerToken
  }

  /// The names that `all` knows.
  package typealias ClientSide =
    @Sendable (SASLCredential, ScramPrimitives) throws(SASLError) -> any SASLClientExchange
  package typealias ServerSide = @Sendable (ScramPrimitives) -> any SASLServerExchange

  /// In capitals, as EHLO lists it.
  package let name: String
  package let evidence: Evidence
  /// `nil`: Letterhead offers this mechanism and does not sign in with it.
  let clientSide: ClientSide?
  /// `nil`: Letterhead signs in with this mechanism and does not offer it.
  let serverSide: ServerSide?

  init(name: String, evidence: Evidence, client: @escaping ClientSide, server: ServerSide? = nil) {
    self.name = name
    self.evidence = evidence
    self.clientSide = client
    self.serverSide = server
  }

  init(name: String, evidence: Evidence, server: @escaping ServerSide) {
    self.name = name
    self.evidence = evidence
    self.clientSide = nil
    self.serverSide = server
  }
}

extension SASLMechanism {
  /// Every mechanism that Letterhead signs in with, the strongest first among those with the same evidence.
  package static let all: [SASLMechanism] = [.xoauth2, .oauthBearer, .scramSHA256, .plain, .login]

  /// The mechanisms that Letterhead offers to clients where nothing else is said. Those that old devices look for come
  /// first: some read no further than a few octets.
  package static let offerable: [SASLMechanism] = [.plain, .login, .scramSHA256]

  /// The mechanism of this name, whatever its case.
  package static func named(_ name: String) -> SASLMechanism? {
    let name = name.uppercased()
    return all.first { $0.name == name }
  }

  /// Begins the client's side. Good for one try.
  ///
  /// - Throws: `.wrongEvidence` when the credential is of another kind, or none is of use with this mechanism;
  ///   `.forbiddenCharacter` when a part of it would forge a field.
  package func client(
    with credential: SASLCredential, _ primitives: ScramPrimitives
  ) throws(SASLError) -> any SASLClientExchange {
    guard let clientSide else { throw .wrongEvidence }
    return try clientSide(credential, primitives)
  }

  /// Begins the server's side; `nil` for a mechanism that has none. Good for one try.
  package func server(_ primitives: ScramPrimitives) -> (any SASLServerExchange)? { serverSide?(primitives) }
}
