// What signs in at an IMAP server, and by which mechanism. RFC 3501 §6.2, 4959.

package import SMTP

package struct IMAPSignIn: Sendable {
  package let credential: SASLCredential
  /// SASL mechanisms in capitals, the preferred first.
  package let mechanisms: [String]

  /// - Parameter preferred: goes before the others of the same evidence.
  package init(_ credential: SASLCredential, preferred: String? = nil) {
    self.credential = credential
    let fitting = SASLMechanism.all.filter { $0.evidence == credential.evidence && $0.name != "LOGIN" }.map(\.name)
    mechanisms = (preferred.map { [$0] } ?? []) + fitting.filter { $0 != preferred }
  }

  /// What a server must not bring into a log by repeating it.
  var secret: [UInt8] {
    switch credential {
    case .password(_, let octets), .bearerToken(_, let octets, _, _): octets.octets
    }
  }

  /// The command for a server that offers no mechanism; `nil` where it cannot carry these octets, or there is no password.
  var login: [UInt8]? {
    guard case .password(let username, let password) = credential else { return nil }
    let words = [Array(username.utf8), password.octets]
    guard words.allSatisfy({ $0.allSatisfy { (0x20...0x7E).contains($0) } && !$0.isEmpty }) else { return nil }
    return Array("LOGIN".utf8) + words.flatMap { [.space] + IMAPString.quoted($0) }
  }
}

extension SASLCredential {
  fileprivate var evidence: SASLMechanism.Evidence {
    switch self {
    case .password: .password
    case .bearerToken: .bearerToken
    }
  }
}
