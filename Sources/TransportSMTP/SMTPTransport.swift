// SMTP submission to one mailbox's server, with whatever signs in there. RFC 6409.

package import Diagnosis
package import Foundation
package import Mailboxes
package import OAuth
import SMTP
package import Sockets
package import Platform
package import Transport

package struct SMTPTransport: ReachableTransport {
  package let mailbox: Mailbox
  let network: Network
  let timeouts: Timeouts
  let loop: EventLoop
  /// Where the mailbox signs in with OAuth.
  let tokens: (any TokenSupply)?
  /// As it is set now; `nil`: it is not known where the mailbox is read.
  let sentFolder: @Sendable () -> SentFolderPlace?
  let time: any TimeSource
  private let otherServers: [Server]

  /// - Parameters:
  ///   - loop: everything is called on its thread.
  ///   - tokens: where the mailbox signs in with OAuth.
  ///   - time: by which tokens are judged to be fresh.
  ///   - sentFolder: where the mailbox is read, if that is known.
  ///   - otherServers: of the same provider, for a test where the mailbox's own does not answer.
  package init(
    _ mailbox: Mailbox, through network: Network, timeouts: Timeouts, on loop: EventLoop,
    tokens: (any TokenSupply)? = nil, sentFolder: @escaping @Sendable () -> SentFolderPlace? = { nil },
    time: any TimeSource = SystemTime(), otherServers: [Server] = []
  ) {
    self.mailbox = mailbox
    self.network = network
    self.timeouts = timeouts
    self.loop = loop
    self.tokens = tokens
    self.sentFolder = sentFolder
    self.time = time
    self.otherServers = otherServers
  }

  package var alternatives: [any Transport] {
    otherServers.map { server in
      var moved = mailbox
      moved.server = server
      return SMTPTransport(
        moved, through: network, timeouts: timeouts, on: loop, tokens: tokens, sentFolder: sentFolder, time: time)
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
    } catch .tokenRefused(let refusal) {
      let error = TransportError.tokenRefused(refusal)
      guard let token = first.shown, let tokens, error.assessment(for: mailbox).action == .refuse else { throw error }
      await tokens.reject(token)
      let second = CredentialSource(mailbox, tokens, time: time)
      return try await SMTPSession.open(self, credential: second, observe: observe)
    }
  }

  /// As far as the server's extensions.
  package func reach(observing observe: StepObserver) async throws(TransportError) {
    try await SMTPSession.reach(self, observe: observe)
  }

  // MARK: Sign-in

  package var keepsSignInAlive: Bool { tokens != nil }

  package func keepSignInAlive(now: Date) async throws(TransportError) {
    try await tokens?.keepSignInAlive(now: now)
  }
}
