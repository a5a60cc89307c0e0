// From a mailbox as somebody described it to one that is saved: test the whole chain, and only then save, as it was
// found. The relay and a command without a relay both come through here.

package import Control
import Diagnosis
import Foundation
package import HTTP
package import Mailboxes
package import OAuth
package import SMTP
package import Sockets
package import Transport
import TransportSMTP

package struct MailboxConnector: MailboxConnecting {
  private let store: MailboxStore
  private let surroundings: ConnectionTestEnvironment
  private let http: HTTPClient
  private let refreshHelper: RefreshHelper?

  /// - Parameter refreshHelper: refreshes a saved sign-in in this process's place, so that whatever ends this one does
  ///   not cost the sign-in.
  package init(
    store: MailboxStore, in surroundings: ConnectionTestEnvironment, over http: HTTPClient,
    refreshHelper: RefreshHelper?
  ) {
    self.store = store
    self.surroundings = surroundings
    self.http = http
    self.refreshHelper = refreshHelper
  }

  package func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws {
    let tokens: TokenSource? =
      if case .oauth(let grant) = mailbox.signIn {
        TokenSource(grant, of: mailbox, in: store, over: http, helper: refreshHelper)
      } else { nil }
    _ = try await surroundings.walk(mailbox, tokens: tokens, sendingTo: recipient, saying: say)
  }

  package func connect(
    _ described: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String {
    var mailbox = described
    let rotated = store.unsavedToken(of: mailbox.entity)
    var keeper: UnsavedTokenStore?
    var tokens: TokenSource?
    if case .oauth(let grant) = mailbox.signIn {
      let unsaved = UnsavedTokenStore(grant, rotatedTo: rotated)
      (keeper, tokens) = (
        unsaved,
        TokenSource(
          grant, store: unsaved, endpoint: TokenEndpoint(over: http, trusting: mailbox.authoritiesPEM))
      )
    }
    do {
      let finding = try await surroundings.walk(
        mailbox, tokens: tokens, sendingTo: sendingTest ? mailbox.address : nil,
        // What was approved is one port.
        mayMove: !authorization.needsApproval, saying: say)
      mailbox.mechanism = finding.mechanism
      mailbox.server = finding.server
    } catch var broken as ConnectionTestFailure {
      if let keeper, await keeper.hasRotated { broken.rotatedTo = rotated }
      broken.otherWay = broken.fault.flatMap(described.otherWay)
      throw broken
    }
    mailbox.sentCopies = try await surroundings.findSentCopies(of: mailbox, tokens: tokens, saying: say)
    if let keeper { mailbox.signIn = .oauth(await keeper.grant) }
    _ = try await store.connect(mailbox, by: authorization)
    return "\(mailbox.entity) is connected: its mail goes out as \(mailbox.address)."
  }
}

/// What it takes to walk the chain of a mailbox: its transport, and the loop on which that is used.
package struct ConnectionTestEnvironment: Sendable {
  private let transports: TransportFactory
  private let loop: EventLoop
  private let hostname: String

  package init(_ transports: TransportFactory, loop: EventLoop, hostname: String) {
    self.transports = transports
    self.loop = loop
    self.hostname = hostname
  }

  /// Walks the chain of `mailbox`, saved or not, and changes nothing.
  ///
  /// - Parameters:
  ///   - recipient: gets a real message in the end, if given.
  ///   - mayMove: where the port is blocked, another of the same server may be taken.
  ///   - say: told of each step, in order.
  /// - Throws: ``ConnectionTestFailure``, or what `say` throws: nobody listens any more.
  package func walk(
    _ mailbox: Mailbox, tokens: TokenSource?, sendingTo recipient: Address?, mayMove: Bool = true,
    saying say: MailboxConnecting.Say
  ) async throws -> ConnectionTest.Finding {
    let test = ConnectionTest(
      of: transports.transport(for: mailbox, timeouts: .test, tokens: tokens, mayMove: mayMove),
      hostname: hostname)
    let (finding, failed) = try await observing(say) { await test.run(sendingTo: recipient, report: $0) }
    if let finding { return finding }
    throw ConnectionTestFailure(fault: failed)
  }

  /// Who files copies of what goes out through `mailbox`, which can send. Where that is known, or nobody is to, nothing is
  /// sent.
  ///
  /// - Returns: `nil` where it could not be found out.
  func findSentCopies(
    of mailbox: Mailbox, tokens: TokenSource?, saying say: MailboxConnecting.Say
  ) async throws -> SentCopyFinding? {
    guard let question = transports.sentCopyQuestion(about: mailbox) else {
      return mailbox.provider.filesSentCopies == true ? .provider : nil
    }
    let transport = transports.transport(for: mailbox, timeouts: .test, tokens: tokens, mayMove: false)
    let test = SentCopyTest(of: transport, hostname: hostname)
    return try await observing(say) { await test.run(question, report: $0) }.found
  }

  /// - Parameter walk: on the loop of transports.
  /// - Returns: with the last fault that was told.
  private func observing<Found: Sendable>(
    _ say: MailboxConnecting.Say, _ walk: @escaping @Sendable (StepObserver) async -> Found?
  ) async throws -> (found: Found?, fault: Fault?) {
    let (steps, step) = AsyncStream.makeStream(of: StepReport.self)
    async let found = {
      defer { step.finish() }
      return await loop.run { await walk { step.yield($0) } }
    }()
    var fault: Fault?
    for await step in steps {
      fault = step.fault ?? fault
      try await say(StepLine(step))
    }
    return (await found, fault)
  }
}

/// A step failed. Says so with the sentence, the remedy and the server's words.
package struct ConnectionTestFailure: Error, CustomStringConvertible {
  /// `nil`: the test did not come to its end.
  package let fault: Fault?
  /// Where the refresh token is, if the provider has put a new one in its place meanwhile: the one handed in is
  /// worthless then.
  package var rotatedTo: String?
  /// Where mail could go instead.
  package var otherWay: String?

  package var description: String {
    guard let fault else { return "The test did not come to its end. Run it again." }
    let words = fault.upstream.isEmpty ? "" : "\n  The server said: \(fault.upstream)"
    let rotated = rotatedTo.map {
      "\nThe provider has replaced the refresh token meanwhile. Next time: --refresh-token-file \($0)"
    }
    let other = otherWay.map { "\n\($0)" } ?? ""
    return "\(fault.summary) \(fault.remedy)\(words)\(other)\(rotated ?? "")"
  }
}

extension StepLine {
  fileprivate init(_ report: StepReport) {
    let name = report.step.title
    switch report.result {
    case .passed(let detail): self.init(name, .passed, detail)
    case .noted(let detail): self.init(name, .noted, detail)
    case .failed: self.init(name, .failed)
    }
  }
}
