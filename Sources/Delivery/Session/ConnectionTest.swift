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
    package enum Result: Equatable, Sendable {
      /// What was found.
      case passed(String)
      /// It did not go as it should, and does not keep mail from being sent.
      case noted(String)
      /// The sentence, the remedy and the server's words.
      case failed(Fault)
    }

    package let step: OpeningStep
    package let result: Result

    package init(_ step: OpeningStep, _ result: Result) {
      self.step = step
      self.result = result
    }

    package var fault: Fault? {
      if case .failed(let fault) = result { fault } else { nil }
    }
  }

  /// What a chain that held has shown.
  package struct Finding: Equatable, Sendable {
    /// Where it held: the mailbox's own server, or another that was tried because that did not answer.
    package let server: Server
    /// To be pinned in the mailbox. `nil` where nobody had to sign in.
    package let mechanism: String?
    /// The largest message the server takes, where it says so.
    package let maximumOctets: Int?
  }

  private let mailbox: Mailbox
  private let network: Network
  private let patience: Patience
  private let tokens: (any TokenSupply)?

  /// - Parameter tokens: where the mailbox signs in with OAuth.
  package init(
    _ mailbox: Mailbox, through network: Network, patience: Patience = .test, tokens: (any TokenSupply)? = nil
  ) {
    self.mailbox = mailbox
    self.network = network
    self.patience = patience
    self.tokens = tokens
  }

  /// Walks the chain to a recipient, or to a real message.
  ///
  /// MAIL FROM accepted proves little: some providers refuse a sender only at the end of the data.
  /// - Parameters:
  ///   - recipient: gets a short message, if given.
  ///   - others: servers of the same provider. The first that answers is used where the mailbox's own does not.
  ///   - report: told of each step, the failing one included; on the loop.
  /// - Returns: `nil` when a step has failed.
  package func run(
    on loop: EventLoop, sendingTo recipient: Address? = nil, orAt others: [Server] = [], now: Date = Date(),
    report: (Step) -> Void
  ) async -> Finding? {
    await loop.run { await walk(loop, recipient, others, now, report) }
  }

  private func walk(
    _ loop: EventLoop, _ recipient: Address?, _ others: [Server], _ now: Date, _ report: (Step) -> Void
  ) async -> Finding? {
    var done: [OpeningStep] = []
    var session: UpstreamSession?
    var finding: Finding?
    do throws(UpstreamError) {
      let opener = SessionOpener(mailbox, through: network, patience: patience, tokens: tokens)
      let open = try await opener.open(on: loop) { step, detail in
        done.append(step)
        report(Step(step, .passed(detail)))
      }
      session = open
      try await tryEnvelope(over: open, now, report)
      if let recipient { try await send(to: recipient, over: open, now, report) }
      finding = Finding(server: mailbox.server, mechanism: open.mechanism, maximumOctets: open.extensions.size)
    } catch {
      let outcome = Outcome(of: error, for: mailbox, now: now)
      let failed = Step(error.step(after: done), .failed(outcome.fault ?? outcome.asFault(now)))
      if error.isSilence { return await goElsewhere(from: failed, loop, recipient, others, now, report) }
      report(failed)
    }
    await session?.quit()
    return finding
  }

  // MARK: The envelope

  private func tryEnvelope(
    over session: UpstreamSession, _ now: Date, _ report: (Step) -> Void
  ) async throws(UpstreamError) {
    let reply = try await session.tryEnvelope(to: mailbox.address)
    report(Step(.sender, .passed("\(mailbox.address) may send")))
    guard let reply else { return }
    if reply.code / 100 == 2 { return report(Step(.recipient, .passed("\(mailbox.address) takes mail"))) }
    let outcome = Outcome(of: reply, in: .recipient, for: mailbox, now: now)
    switch outcome.kind {
    // A sender whose own mailbox is away, or does not exist, can send all the same.
    case .delivered, .deferred, .failed:
      report(Step(.recipient, .noted("answers and reports to \(mailbox.address) may be lost: \(outcome.words)")))
    case .paused, .broken, .unreachable: throw .answered(reply, .recipient)
    }
  }

  // MARK: A real message

  private func send(
    to recipient: Address, over session: UpstreamSession, _ now: Date, _ report: (Step) -> Void
  ) async throws(UpstreamError) {
    let letter = TestLetter(from: mailbox, to: recipient, hostname: network.hostname, now: now)
    let transmission = await session.send(letter.message, now: now)
    if let ending = transmission.ending { throw ending }
    guard let outcome = transmission.outcomes.first else { return }
    if outcome.kind == .delivered {
      report(Step(.message, .passed(outcome.words)))
    } else {
      throw .answered(outcome.reply ?? Reply(554, "The message was not taken."), .body)
    }
  }

  // MARK: Another port

  /// Firewalls block ports one by one: where the provider answers on another, that is the news.
  private func goElsewhere(
    from failed: Step, _ loop: EventLoop, _ recipient: Address?, _ others: [Server], _ now: Date,
    _ report: (Step) -> Void
  ) async -> Finding? {
    let blocked = mailbox.server.port
    for server in others {
      var moved = mailbox
      moved.server = server
      guard await UpstreamSession.greets(moved, through: network, patience: patience, on: loop) else { continue }
      report(Step(failed.step, .noted("port \(blocked) is blocked here, \(server.port) answers")))
      let test = ConnectionTest(moved, through: network, patience: patience, tokens: tokens)
      return await test.walk(loop, recipient, [], now, report)
    }
    report(failed)
    return nil
  }
}

extension Outcome {
  /// For a person who watches, what would only concern one message is a fault as well.
  fileprivate func asFault(_ now: Date) -> Fault {
    Fault(class: .message, since: now, summary: summary, remedy: remedy, upstream: words)
  }
}

extension UpstreamError {
  /// Nobody answered there, so another port of the same provider may be open.
  fileprivate var isSilence: Bool {
    switch self {
    case .refused, .connectTimedOut, .unreachable, .noGreeting: true
    default: false
    }
  }

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
    case .recipient: .recipient
    case .data, .body: .message
    }
  }
}
