// Gets what signs in when the session asks for it, and remembers which token it was.

import Diagnosis
import Mailboxes
import OAuth
import Platform

/// What is shown to the server, made ready when it is needed.
enum Credential: Sendable {
  case password(username: String, Secret)
  case token(username: String, OAuthGrant.Mechanism, AccessToken)

  var username: String {
    switch self {
    case .password(let username, _), .token(let username, _, _): username
    }
  }
}

final class CredentialSource {
  private let mailbox: Mailbox
  private let tokens: (any TokenSupply)?
  private let time: any TimeSource
  private(set) var shown: AccessToken?

  init(_ mailbox: Mailbox, _ tokens: (any TokenSupply)?, time: any TimeSource) {
    self.mailbox = mailbox
    self.tokens = tokens
    self.time = time
  }

  func credential() async throws(TransportError) -> Credential {
    switch mailbox.signIn {
    case .none: throw .unfitCredentials
    case .password(let username, let secret): return .password(username: username, secret)
    case .oauth(let grant):
      guard let tokens else { throw .token(.disconnected) }
      let token = try await tokens.token(for: .smtp, now: time.now)
      shown = token
      return .token(username: grant.username, grant.mechanism, token)
    }
  }
}
