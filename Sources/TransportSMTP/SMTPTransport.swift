// SMTP submission to one mailbox's server, with whatever signs in there. RFC 6409.

package import Diagnosis
package import Foundation
package import Mailboxes
import OAuth
import SMTP
package import Sockets
package import Platform
package import Transport

package struct SMTPTransport: Transport {
  package let mailbox: Mailbox
  let network: Network
  let timeouts: Timeouts
  let loop: EventLoop
  /// Where the mailbox signs in with OAuth.
  let tokens: (any TokenSupply)?
  private let time: any TimeSource
  private let otherServers: [Server]

  /// - Parameters:
  ///   - loop: everything is called on its thread.
  ///   - tokens: where the mailbox signs in with OAuth.
  ///   - time: by which tokens are judged to be fresh.
  ///   - otherServers: of the same provider, for a test where the mailbox's own does not answer.
  package init(
    _ mailbox: Mailbox, through network: Network, timeouts: Timeouts, on loop: EventLoop,
    tokens: (any TokenSupply)? = nil, time: any TimeSource = SystemTime(), otherServers: [Server] = []
  ) {
    self.mailbox = mailbox
    self.network = network
    self.timeouts = timeouts
    self.loop = loop
    self.tokens = tokens
    self.time = time
    self.otherServers = otherServers
  }

  package var alternatives: [any Transport] {
    otherServers.map { server in
      var moved = mailbox
      moved.server = server
      return SMTPTransport(moved, through: network, timeouts: timeouts, on: loop, tokens: tokens, time: time)
    }
  }

  // MARK: Opening

  package func open(observing observe: StepObserver) async throws(TransportError) -> any TransportSession {
    try await openSession(observing: observe)
  }

  /// A rejected access token is renewed and tried once more, on a new connection; only then is it a refusal.
  func openSession(observing observe: StepObserver) async throws(TransportError) -> SMTPSession {
    let first = CredentialSource(mailbox, tokens, time: time)
    do throws(TransportError) {
      return try await SMTPSession.open(self, credential: first, observe: observe)
    } catch .answered(let reply, .signIn) {
      let finding = Interpretation(Answer(reply, in: .signIn, from: mailbox))
      guard let token = first.shown, let tokens, finding.assessment.action == .refuse else {
        throw .answered(reply, .signIn)
      }
      await tokens.reject(token)
      let second = CredentialSource(mailbox, tokens, time: time)
      return try await SMTPSession.open(self, credential: second, observe: observe)
    }
  }

  package func answers() async -> Bool { await SMTPSession.greets(self) }

  // MARK: Sign-in

  package var keepsSignInAlive: Bool { tokens != nil }

  package func keepSignInAlive(now: Date) async throws(TransportError) {
    do throws(TokenError) {
      try await tokens?.keepAlive(now: now)
    } catch .unavailable {
      // The sign-in lasts for months; the next time will do.
    } catch {
      throw .token(TokenFailure(error))
    }
  }
}
