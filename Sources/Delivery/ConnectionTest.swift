// The whole chain, step by step, for `connect` and `test`: the same session that delivers, watched while it opens.

package import Foundation
package import Mailboxes
import Message
package import SMTP
package import Sockets
import Spool

package struct ConnectionTest: Sendable {
  /// One step, as soon as it has come to an end.
  package struct Step: Equatable, Sendable {
    package let step: OpeningStep
    /// What was found; empty for a step that failed.
    package let detail: String
    /// Why it failed: the sentence, the remedy and the server's words.
    package let fault: Fault?
  }

  /// What a chain that held has shown.
  package struct Finding: Equatable, Sendable {
    /// To be pinned in the mailbox. `nil` where nobody had to sign in.
    package let mechanism: String?
    /// The largest message the server takes, where it says so.
    package let maximumOctets: Int?
  }

  private let opener: SessionOpener

  /// - Parameter tokens: where the mailbox signs in with OAuth.
  package init(
    _ mailbox: Mailbox, through network: Network, patience: Patience = .test, tokens: (any TokenSupply)? = nil
  ) {
    opener = SessionOpener(mailbox, through: network, patience: patience, tokens: tokens)
  }

  /// Walks the chain to MAIL FROM, or to a real message.
  ///
  /// MAIL FROM accepted proves little: some providers refuse a sender only at the end of the data.
  /// - Parameters:
  ///   - recipient: gets a short message, if given.
  ///   - report: told of each step, the failing one included; on the loop.
  /// - Returns: `nil` when a step has failed.
  package func run(
    on loop: EventLoop, sendingTo recipient: Address? = nil, now: Date = Date(), report: (Step) -> Void
  ) async -> Finding? {
    await loop.run { await walk(loop, recipient, now, report) }
  }

  private func walk(_ loop: EventLoop, _ recipient: Address?, _ now: Date, _ report: (Step) -> Void) async -> Finding? {
    var done: [OpeningStep] = []
    var session: UpstreamSession?
    var finding: Finding?
    do throws(UpstreamError) {
      let open = try await opener.open(on: loop) { step, detail in
        done.append(step)
        report(Step(step: step, detail: detail, fault: nil))
      }
      session = open
      try await open.trySender()
      report(Step(step: .sender, detail: "\(opener.mailbox.address) may send", fault: nil))
      if let recipient { try await send(to: recipient, over: open, now, report) }
      finding = Finding(mechanism: open.mechanism, maximumOctets: open.extensions.size)
    } catch {
      let outcome = Outcome(of: error, for: opener.mailbox, now: now)
      report(Step(step: error.step(after: done), detail: "", fault: outcome.fault ?? outcome.asFault(now)))
    }
    await session?.quit()
    return finding
  }

  private func send(
    to recipient: Address, over session: UpstreamSession, _ now: Date, _ report: (Step) -> Void
  ) async throws(UpstreamError) {
    let letter = TestLetter(from: opener.mailbox, to: recipient, hostname: opener.network.hostname, now: now)
    let transmission = await session.send(letter.message, now: now)
    if let ending = transmission.ending { throw ending }
    guard let outcome = transmission.outcomes.first else { return }
    if outcome.kind == .delivered {
      report(Step(step: .message, detail: outcome.words, fault: nil))
    } else {
      throw .answered(outcome.reply ?? Reply(554, "The message was not taken."), .body)
    }
  }
}

extension Outcome {
  /// For a person who watches, what would only concern one message is a fault as well.
  fileprivate func asFault(_ now: Date) -> Fault {
    Fault(class: .message, since: now, summary: summary, remedy: remedy, upstream: words)
  }
}

extension UpstreamError {
  /// The step that it ended.
  func step(after done: [OpeningStep]) -> OpeningStep {
    switch self {
    case .nameNotFound, .nameHasNoAddress, .lookUpFailed: .name
    case .refused, .connectTimedOut, .unreachable, .redirected: .tcp
    case .tls, .startTLSMissing, .startTLSInjected: .tls
    case .noGreeting, .expectsTLS, .notSMTP: .greeting
    case .noSignInOffered, .mechanismMissing, .wouldExposeSecret, .unfitCredentials, .serverUnproven, .token: .signIn
    case .answered(_, let phase), .nonsense(let phase), .lost(let phase, _, _): phase.step
    case .tooLarge, .unfitMessage, .needsSMTPUTF8, .bodyUnreadable: .message
    case .cancelled: OpeningStep.allCases.first { !done.contains($0) } ?? .message
    }
  }
}

extension Phase {
  fileprivate var step: OpeningStep {
    switch self {
    case .lookUp: .name
    case .connect: .tcp
    case .tls, .startTLS: .tls
    case .greeting: .greeting
    case .hello: .extensions
    case .token, .signIn: .signIn
    case .mail: .sender
    case .recipient, .data, .body: .message
    }
  }
}
