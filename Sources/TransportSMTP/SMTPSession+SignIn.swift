// Signing in: which mechanism, and the connection. RFC 4954.

import Diagnosis
import Mailboxes
import OAuth
import SMTP
import Transport

extension SMTPSession {
  /// For passwords, the best first. One password is never tried with several of them after a refusal.
  private static let passwordMechanisms = SASLMechanism.all.filter { $0.evidence == .password }.map(\.name)

  func signIn(with source: CredentialSource, observe: StepObserver) async throws(TransportError) {
    if mailbox.signIn == .none { return }
    guard mailbox.server.security != .none || mailbox.server.isLoopback && connection.isLoopback else {
      throw .wouldExposeSecret
    }
    guard !extensions.authMechanisms.isEmpty else { throw .noSignInOffered }
    let credential = try await source.credential()
    let chosen = try mechanism(for: credential)
    mechanism = try await authenticate(with: credential, by: chosen)
    observe(.passed(.signIn, "\(mechanism ?? chosen) as \(credential.username)"))
  }

  /// - Returns: the mechanism pinned when the mailbox was connected, or the best that is offered.
  private func mechanism(for credential: Credential) throws(TransportError) -> String {
    let wanted: [String] =
      switch credential {
      case .password: mailbox.mechanism.map { [$0] } ?? Self.passwordMechanisms
      case .token(_, let mechanism, _): [mechanism.rawValue.uppercased()]
      }
    guard let mechanism = wanted.first(where: extensions.authMechanisms.contains) else {
      throw .mechanismMissing(wanted: wanted.joined(separator: " or "), offered: extensions.authMechanisms)
    }
    return mechanism
  }

  private func authenticate(with credential: Credential, by mechanism: String) async throws(TransportError) -> String {
    do throws(TransportError) {
      try await exchangeProofs(credential, by: mechanism)
      return mechanism
    } catch .answered(let reply, .signIn) {
      // 504 and 500: the server has not looked at the password, only at the mechanism.
      let mayUseLogin = mechanism == "PLAIN" && mailbox.mechanism == nil && extensions.authMechanisms.contains("LOGIN")
      guard mayUseLogin, [500, 504].contains(reply.code) else { throw .answered(reply, .signIn) }
      try await exchangeProofs(credential, by: "LOGIN")
      return "LOGIN"
    }
  }

  private func exchangeProofs(_ credential: Credential, by mechanism: String) async throws(TransportError) {
    var authentication = try proof(of: credential, by: mechanism)
    try await tell(authentication.command())
    while true {
      let reply = try await connection.readReply(in: .signIn)
      switch reply.code {
      case 334:
        try await tell(try await answer(to: reply, in: &authentication))
      case 235:
        return try requireProof(authentication)
      default:
        guard case .token = credential else { throw .answered(reply, .signIn) }
        throw .tokenRefused(TokenRefusal(reply, after: authentication.failure.map { TokenChallenge($0) }))
      }
    }
  }

  /// Bytes that must not be shown later, on a line of their own.
  private func tell(_ line: [UInt8]) async throws(TransportError) {
    for word in line.split(whereSeparator: { $0 <= 0x20 }).dropFirst(line.starts(with: "AUTH ".utf8) ? 2 : 0) {
      secrets.insert(Array(word))
    }
    connection.enqueue(octets: line)
    try await connection.flush(.signIn)
  }

  private func answer(to reply: Reply, in authentication: inout Authentication) async throws(TransportError) -> [UInt8]
  {
    do {
      return try authentication.answer(to: reply)
    } catch {
      try await giveUp(after: error)
    }
  }

  /// Cancels, reads the reply to that, and tells what was wrong.
  private func giveUp(after error: SASLError) async throws(TransportError) -> Never {
    connection.enqueue(octets: Authentication.cancellation)
    try await connection.flush(.signIn)
    let reply = try await connection.readReply(in: .signIn)
    switch error {
    case .wrongNonce, .iterationCount, .wrongServerSignature: throw .serverUnproven
    default: throw .answered(reply, .signIn)
    }
  }

  private func requireProof(_ authentication: Authentication) throws(TransportError) {
    do { try authentication.finish() } catch { throw .serverUnproven }
  }

  private func proof(of credential: Credential, by name: String) throws(TransportError) -> Authentication {
    guard let mechanism = SASLMechanism.named(name) else { throw .unfitCredentials }
    let shown: SASLCredential
    switch credential {
    case .password(let username, let secret):
      secrets.insert(secret)
      shown = .password(username: username, HiddenOctets(Array(secret.reveal().utf8)))
    case .token(let username, _, let token):
      secrets.insert(token.secret)
      shown = .bearerToken(
        username: username, HiddenOctets(Array(token.secret.reveal().utf8)), host: mailbox.server.host,
        port: Int(mailbox.server.port))
    }
    do { return Authentication(try mechanism.client(with: shown, .openSSL)) } catch { throw .unfitCredentials }
  }
}
