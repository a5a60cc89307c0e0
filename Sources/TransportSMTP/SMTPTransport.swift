// Opens sessions to one mailbox, with whatever signs in there. A rejected access token is renewed once and tried once
// more, on a new connection; only then is it a refusal.

package import Foundation
package import Mailboxes
package import OAuth
import SMTP
import Sockets

/// What a session needs of a mailbox's ``TokenSource``.
package protocol TokenSupply: Sendable {
  func accessToken(now: Date) async throws(TokenError) -> AccessToken
  /// The mail server refused this one: the next is another.
  func reject(_ token: AccessToken) async
  /// Uses the sign-in, if it was not used for long.
  func keepAlive(now: Date) async throws(TokenError)
}

extension TokenSource: TokenSupply {}

package struct SessionOpener: Sendable {
  let mailbox: Mailbox
  let network: Network
  let timeouts: Timeouts
  /// Where the mailbox signs in with OAuth.
  let tokens: (any TokenSupply)?

  package init(_ mailbox: Mailbox, through network: Network, timeouts: Timeouts, tokens: (any TokenSupply)?) {
    self.mailbox = mailbox
    self.network = network
    self.timeouts = timeouts
    self.tokens = tokens
  }

  func open(on loop: EventLoop, observe: StepObserver = { _, _ in }) async throws(TransportError) -> SMTPSession {
    var shown: AccessToken?
    do throws(TransportError) {
      return try await open(on: loop, showing: &shown, observe: observe)
    } catch .answered(let reply, .signIn) {
      let rule = ReplyTable.rule(for: reply, in: .signIn, from: mailbox)
      guard let token = shown, let tokens, rule.meaning.action == .refuse else { throw .answered(reply, .signIn) }
      await tokens.reject(token)
      return try await open(on: loop, showing: &shown, observe: observe)
    }
  }

  private func open(
    on loop: EventLoop, showing token: inout AccessToken?, observe: StepObserver
  ) async throws(TransportError) -> SMTPSession {
    let credential = CredentialBox(mailbox, tokens)
    defer { token = credential.shown }
    return try await SMTPSession.open(
      mailbox, through: network, timeouts: timeouts, on: loop, credential: credential, observe: observe)
  }
}

/// Gets the credential when the session asks for it, and remembers which token it was.
final class CredentialBox {
  private let mailbox: Mailbox
  private let tokens: (any TokenSupply)?
  private(set) var shown: AccessToken?

  init(_ mailbox: Mailbox, _ tokens: (any TokenSupply)?) {
    self.mailbox = mailbox
    self.tokens = tokens
  }

  func credential() async throws(TransportError) -> Credential {
    switch mailbox.signIn {
    case .none: throw .unfitCredentials
    case .password(let username, let secret): return .password(username: username, secret)
    case .oauth(let grant):
      guard let tokens else { throw .token(.disconnected) }
      do {
        let token = try await tokens.accessToken(now: Date())
        shown = token
        return .token(username: grant.username, grant.mechanism, token)
      } catch {
        throw .token(error)
      }
    }
  }
}
