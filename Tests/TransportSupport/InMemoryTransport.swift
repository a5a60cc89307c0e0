// The seam without a network: a transport and a session straight to an `InMemoryProvider`.

package import Diagnosis
package import Foundation
package import Mailboxes
import Message
package import SMTP
package import Transport

package struct InMemoryTransport: Transport {
  package let mailbox: Mailbox
  let provider: InMemoryProvider
  let keepAlive: (@Sendable () async throws(TransportError) -> Void)?

  package var keepsSignInAlive: Bool { keepAlive != nil }
  package var alternatives: [any Transport] { [] }

  package func open(observing observe: StepObserver) async throws(TransportError) -> any TransportSession {
    let line = provider.connect()
    do throws(TransportError) {
      let session = InMemorySession(line, mailbox, provider)
      try await withInterruption(of: line) { () async throws(TransportError) in try await session.signIn(observe) }
      return session
    } catch {
      provider.disconnect(line)
      throw error
    }
  }

  package func keepSignInAlive(now: Date) async throws(TransportError) { try await keepAlive?() }

  package func answers() async -> Bool { true }

  package func openSentFolder() async throws(SentFolderError) -> (any SentFolder)? {
    provider.sent.map { InMemorySentFolder($0) }
  }

  package func step(of error: TransportError, after done: [TransportStep]) -> TransportStep {
    if case .answered(_, let phase) = error { TransportStep(phase.rawValue) } else { .signIn }
  }

  private func withInterruption(
    of line: InMemoryLine, _ body: () async throws(TransportError) -> Void
  ) async throws(TransportError) {
    let result = await withTaskCancellationHandler {
      do throws(TransportError) { return Result<Void, TransportError>.success(try await body()) } catch {
        return .failure(error)
      }
    } onCancel: {
      line.end(.interrupted)
    }
    try result.get()
  }
}

/// Answers messages in the order in which they were handed over.
package final class InMemorySession: TransportSession {
  private let line: InMemoryLine
  private let mailbox: Mailbox
  private let provider: InMemoryProvider
  private var isRetired = false
  private var underWay = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// What ended the session over some message.
  private var ending: TransportError?
  package private(set) var messageCount = 0
  package private(set) var mechanism: String?

  init(_ line: InMemoryLine, _ mailbox: Mailbox, _ provider: InMemoryProvider) {
    self.line = line
    self.mailbox = mailbox
    self.provider = provider
  }

  package var capabilities: Capabilities { provider.capabilities }
  /// A line that hung up is only found out by using it.
  package var isUsable: Bool {
    !isRetired && ending == nil && messageCount < capabilities.messagesPerSession ?? .max
  }
  package var capacity: Int {
    guard isUsable else { return 0 }
    return max(0, min(provider.messagesUnderWay - underWay, (capabilities.messagesPerSession ?? .max) - messageCount))
  }

  // MARK: Asking

  private func ask(
    _ request: String, in phase: ConversationPhase, bodySent: Bool = false
  ) async throws(TransportError) -> Reply {
    let (provider, line) = (provider, line)
    switch await line.wait(for: { await provider.answer(to: request, line) }) {
    case .success(nil): return Reply(phase == .signIn ? 235 : phase == .greeting ? 220 : 250, "OK")
    case .success(.reply(let text)):
      let reply = (try? Reply(wire: text)) ?? Reply(554, "no reply: \(text)")
      if reply.code == 421 { throw .answered(reply, phase) }
      return reply
    case .success(.failure(let error)): throw error
    case .success(.hangUp):
      line.end(.hungUp)
      throw .lost(phase, timedOut: false, bodySent: bodySent)
    case .failure(let error):
      if error.ending == .interrupted, !bodySent { throw .cancelled }
      throw .lost(phase, timedOut: false, bodySent: bodySent)
    }
  }

  /// Asks for what must be granted.
  private func require(_ request: String, in phase: ConversationPhase) async throws(TransportError) {
    let reply = try await ask(request, in: phase)
    guard reply.code / 100 == 2 else { throw .answered(reply, phase) }
  }

  func signIn(_ observe: StepObserver) async throws(TransportError) {
    try await require("(greeting)", in: .greeting)
    if mailbox.signIn == .none { return }
    try await require("AUTH", in: .signIn)
    mechanism = "PLAIN"
    observe(.passed(.signIn, "PLAIN"))
  }

  // MARK: Sending

  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    let recipients = message.envelope.recipients
    guard isUsable else { return .notBegun(recipients: recipients.count) }
    let isFirst = messageCount == 0
    messageCount += 1
    await beginTurn()
    defer { endTurn() }
    if let ending { return consequence(of: ending, recipients.count, now) }
    var transmission = await transact(message, now)
    transmission.isStale = !isFirst && transmission.saysNothingNew
    if transmission.isStale { isRetired = true }
    if let error = transmission.ending, !error.isAboutMessage { ending = error }
    return transmission
  }

  private func beginTurn() async {
    underWay += 1
    if underWay > 1 { await withCheckedContinuation { waiting.append($0) } }
  }

  private func endTurn() {
    underWay -= 1
    if !waiting.isEmpty { waiting.removeFirst().resume() }
  }

  private func transact(_ message: PreparedMessage, _ now: Date) async -> Transmission {
    let recipients = message.envelope.recipients
    var refusals: [Outcome?] = []
    var answered = false
    do throws(TransportError) {
      let text = try await message.text()
      let mail = try await ask("MAIL FROM:<\(message.envelope.sender?.text ?? "")>", in: .mail)
      answered = true
      if mail.code / 100 != 2 { return all(recipients.count, Outcome(of: mail, in: .mail, for: mailbox, now: now)) }
      for recipient in recipients {
        let reply = try await ask("RCPT TO:<\(recipient.text)>", in: .recipient)
        refusals.append(
          reply.code / 100 == 2 ? nil : Outcome(of: reply, in: .recipient, for: mailbox, now: now))
      }
      let taken = zip(recipients, refusals).filter { $0.1 == nil }.map(\.0.text)
      if taken.isEmpty { return transmission(refusals, end: nil) }
      let reply = try await ask("(message) \(text)", in: .body, bodySent: true)
      if reply.code / 100 == 2 {
        provider.take(
          .init(session: line.number, sender: message.envelope.sender?.text ?? "", recipients: taken, text: text))
      }
      return transmission(refusals, end: Outcome(of: reply, in: .body, for: mailbox, now: now))
    } catch {
      let left = refusals + Array(repeating: nil, count: recipients.count - refusals.count)
      var ended = transmission(left, end: Outcome(of: error, for: mailbox, now: now))
      ended.wasAnswered = answered
      ended.ending = error
      if case .lost(_, _, bodySent: true) = error { ended.isPerhapsSent = true }
      return ended
    }
  }

  private func all(_ count: Int, _ outcome: Outcome) -> Transmission {
    transmission(Array(repeating: nil, count: count), end: outcome)
  }

  private func transmission(_ refusals: [Outcome?], end: Outcome?) -> Transmission {
    var transmission = Transmission(outcomes: refusals.map { $0 ?? end ?? .forNextTransaction })
    transmission.wasAnswered = true
    return transmission
  }

  private func consequence(of ending: TransportError, _ recipients: Int, _ now: Date) -> Transmission {
    // As if it had been written behind a message whose end was.
    if case .lost(_, _, bodySent: true) = ending {
      let loss = TransportError.lost(.body, timedOut: false, bodySent: true)
      var transmission = all(recipients, Outcome(of: loss, for: mailbox, now: now))
      (transmission.wasAnswered, transmission.isPerhapsSent, transmission.isConsequence) = (false, true, true)
      transmission.ending = loss
      return transmission
    }
    return .notBegun(recipients: recipients)
  }

  // MARK: The rest

  package func probe(
    to recipient: Address?, now: Date, observing observe: StepObserver
  ) async throws(TransportError) {
    try await require("MAIL FROM:<\(mailbox.address.text)>", in: .mail)
    if let recipient { try await require("RCPT TO:<\(recipient.text)>", in: .recipient) }
    _ = try await ask("RSET", in: .hello)
  }

  package func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome? {
    for (request, phase) in [
      ("MAIL FROM:<\(mailbox.address.text)>", ConversationPhase.mail), ("RCPT TO:<\(recipient.text)>", .recipient),
    ] {
      let reply = try await ask(request, in: phase)
      if reply.code / 100 != 2 { return Outcome(of: reply, in: phase, for: mailbox, now: now) }
    }
    _ = try await ask("RSET", in: .hello)
    return nil
  }

  package func isAlive() async -> Bool { isUsable && line.ending == nil }

  package func retire() { isRetired = true }

  package func close() async {
    if isUsable { _ = try? await ask("QUIT", in: .hello) }
    isRetired = true
    line.end(.hungUp)
    provider.disconnect(line)
  }

  package func interrupt() { line.end(.interrupted) }
}

extension PreparedMessage {
  /// Header and body, as they go out.
  fileprivate func text() async throws(TransportError) -> String {
    var octets = header
    let pieces = body.pieces
    while let piece = try await pieces.next() { octets += piece }
    return String(decoding: octets, as: UTF8.self)
  }
}
