// The whole way to a provider, step by step, for `connect` and `test`: the transport that delivers, watched while it opens.

import Diagnosis
package import Foundation
package import Mailboxes
package import SMTP

package struct ConnectionTest: Sendable {
  /// What a way that held has shown.
  package struct Finding: Equatable, Sendable {
    /// Where it held: the mailbox's own server, or another that was tried because that did not answer.
    package let server: Server
    /// To be pinned in the mailbox. `nil` where nobody had to sign in.
    package let mechanism: String?
    package let capabilities: Capabilities
  }

  private let transport: any Transport
  private let hostname: String

  /// - Parameter hostname: as the test message names this machine.
  package init(of transport: any Transport, hostname: String) {
    self.transport = transport
    self.hostname = hostname
  }

  /// Walks the way to the end of an envelope, or to a real message. Must be called on the transport's executor.
  ///
  /// That the envelope is accepted proves little: some providers refuse a sender only at the end of the data.
  /// - Parameters:
  ///   - recipient: gets a short message, if given.
  ///   - report: told of each step, the failing one included.
  /// - Returns: `nil` when a step has failed.
  package func run(
    sendingTo recipient: Address? = nil, now: Date = Date(), report: StepObserver
  ) async -> Finding? {
    var done: [TransportStep] = []
    var session: (any TransportSession)?
    var finding: Finding?
    func tell(_ step: StepReport) {
      done.append(step.step)
      report(step)
    }
    do throws(TransportError) {
      let open = try await transport.open(observing: tell)
      session = open
      try await open.probe(to: transport.mailbox.address, now: now, observing: tell)
      if let recipient { try await send(to: recipient, over: open, now, report) }
      finding = Finding(
        server: transport.mailbox.server, mechanism: open.mechanism, capabilities: open.capabilities)
    } catch {
      let failed = failure(error, after: done, now)
      if error.isSilence { return await goElsewhere(from: failed, recipient, now, report) }
      report(failed)
    }
    await session?.close()
    return finding
  }

  private func failure(_ error: TransportError, after done: [TransportStep], _ now: Date) -> StepReport {
    let outcome = Outcome(of: error, for: transport.mailbox, now: now)
    return StepReport(transport.step(of: error, after: done), .failed(outcome.fault ?? outcome.asFault(now)))
  }

  // MARK: A real message

  private func send(
    to recipient: Address, over session: any TransportSession, _ now: Date, _ report: StepObserver
  ) async throws(TransportError) {
    let letter = TestLetter(from: transport.mailbox, to: recipient, hostname: hostname, now: now)
    let transmission = await session.send(letter.message, now: now)
    if let ending = transmission.ending { throw ending }
    guard let outcome = transmission.outcomes.first else { return }
    if outcome.kind == .delivered {
      report(StepReport(.message, .passed(outcome.words)))
    } else {
      // Over SMTP it is the message's step, whichever part of it was refused; HTTP's codes are no SMTP codes.
      let phase: ConversationPhase = outcome.phase == .post ? .post : .body
      throw .answered(outcome.reply ?? Reply(554, "The message was not taken."), phase)
    }
  }

  // MARK: Another port

  /// Firewalls block ports one by one: where the provider answers on another, that is the news.
  private func goElsewhere(
    from failed: StepReport, _ recipient: Address?, _ now: Date, _ report: StepObserver
  ) async -> Finding? {
    let blocked = transport.mailbox.server.port
    for other in transport.alternatives where await other.answers() {
      let port = other.mailbox.server.port
      report(StepReport(failed.step, .noted("port \(blocked) is blocked here, \(port) answers")))
      return await ConnectionTest(of: other, hostname: hostname).run(sendingTo: recipient, now: now, report: report)
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

extension TransportError {
  /// Nobody answered there, so another port of the same provider may be open.
  fileprivate var isSilence: Bool {
    switch self {
    case .refused, .connectTimedOut, .unreachable, .onlyIPv6, .noGreeting: true
    default: false
    }
  }
}
