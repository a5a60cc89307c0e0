// A message whole at once: MAIL, RCPT and BDAT LAST, before the server has said anything about it. Several may be under
// way: each sender writes its own, one behind the other, and a task beside them reads the replies, in the same order.
// RFC 2920, 3030.

import Diagnosis
import Foundation
import Message
import SMTP
import Sockets
import Transport

extension SMTPSession {
  /// A message up to this size goes out behind its own envelope, before the server has said anything about that.
  static let mostOctetsAtOnce = 64 << 10
  /// So many commands leave at once: neither side can then fill the other's buffers.
  static let mostRecipientsAtOnce = 100

  /// Whether a message may be written without waiting for the server in between.
  func canPipeline(_ message: PreparedMessage) -> Bool {
    guard case .octets = message.body, extensions.has(.pipelining), extensions.has(.chunking) else { return false }
    return message.octetCount ?? .max <= Self.mostOctetsAtOnce
      && message.envelope.recipients.count <= Self.mostRecipientsAtOnce
  }

  func sendPipelined(_ message: PreparedMessage, isFirst: Bool, now: Date) async -> Transmission {
    await writing.lock()
    guard !isEnding else {
      writing.unlock()
      return .notBegun(recipients: message.envelope.recipients.count)
    }
    let pipelined = enqueue(message, isFirst: isFirst, now: now)
    startReading()
    await write(pipelined)
    writing.unlock()
    return await pipelined.transmission()
  }

  // MARK: Writing

  private func enqueue(_ message: PreparedMessage, isFirst: Bool, now: Date) -> PipelinedMessage {
    let pipelined = PipelinedMessage(message, hasReset: owesReset, isFirst: isFirst, now: now)
    if owesReset { connection.enqueue("RSET") }
    owesReset = true
    connection.enqueue(mail(message))
    for recipient in message.envelope.recipients { connection.enqueue("RCPT TO:<\(recipient.text)>") }
    connection.enqueue("BDAT \(pipelined.octetCount) LAST")
    connection.enqueue(octets: message.header)
    if case .octets(let body) = message.body { connection.enqueue(octets: body) }
    unanswered.append(pipelined)
    window.write(pipelined.octetCount)
    return pipelined
  }

  /// What comes of the message is for the reading task to find out.
  private func write(_ message: PipelinedMessage) async {
    do throws(TransportError) {
      try await connection.flushWhileReading()
      message.isWritten = true
    } catch {
      message.failure = error
      isEnding = true
      // The reading task goes on while there are replies to read, and no longer.
      if !error.isBrokenLine { connection.interrupt() }
    }
  }

  // MARK: Reading

  private func startReading() {
    guard !isReading else { return }
    isReading = true
    // The session and its tasks all run on the thread of its loop, so they never touch it at once.
    nonisolated(unsafe) let session = self
    connection.loop.start { await session.readReplies() }
  }

  private func readReplies() async {
    while let message = unanswered.first {
      let transmission = await readReplies(to: message)
      conclude(message, transmission)
      if let ending = transmission.ending { abandon(after: ending) }
    }
    isReading = false
    allAnswered?.resume()
    allAnswered = nil
  }

  /// Returns when the replies to all that was written have been read. Only for the holder of `writing`.
  func untilAllAnswered() async {
    guard isReading else { return }
    await withCheckedContinuation { allAnswered = $0 }
  }

  private func readReplies(to message: PipelinedMessage) async -> Transmission {
    var replies = TransactionReplies()
    var ending: TransportError?
    do throws(TransportError) {
      if message.hasReset { _ = try await readReply(.hello) }
      replies.mail = try await readReply(.mail)
      try await readRecipients(message.envelope.recipients.count, &replies)
      replies.end = try await readReply(.body)
    } catch {
      ending = error.asEnding(of: message)
      isEnding = true
    }
    if unanswered.count == 1 { settleTransaction(replies) }
    return transmission(of: message.envelope, replies, ending, isFirst: message.isFirst, now: message.now)
  }

  // MARK: Concluding

  private func conclude(_ message: PipelinedMessage, _ transmission: Transmission) {
    let isDelivered = transmission.outcomes.contains { $0.kind == .delivered }
    unanswered.removeFirst()
    window.conclude(message.octetCount, isPrompt: isDelivered && message.since + timeouts.prompt >= .now)
    message.conclude(transmission)
  }

  /// Concludes what was under way behind the message over which the line ended.
  private func abandon(after ending: TransportError) {
    hangUp()
    for message in unanswered { conclude(message, consequence(of: ending, for: message)) }
  }

  private func consequence(of ending: TransportError, for message: PipelinedMessage) -> Transmission {
    let recipients = message.envelope.recipients.count
    // After a 421 a server does nothing any more.
    if case .answered = ending { return .notBegun(recipients: recipients) }
    guard message.isWritten else { return .notBegun(recipients: recipients) }
    let loss = TransportError.lost(.body, timedOut: false, bodySent: true)
    let outcome = Outcome(of: loss, for: mailbox, now: message.now)
    var transmission = Transmission(outcomes: Array(repeating: outcome, count: recipients), ending: loss)
    transmission.isPerhapsSent = true
    transmission.isConsequence = true
    return transmission
  }
}

extension TransportError {
  fileprivate var isBrokenLine: Bool {
    if case .lost(_, timedOut: false, _) = self { true } else { false }
  }

  /// What is known of a message when its replies end this way.
  fileprivate func asEnding(of message: PipelinedMessage) -> TransportError {
    switch self {
    case .lost(let phase, let timedOut, _):
      message.failure ?? .lost(phase, timedOut: timedOut, bodySent: message.isWritten)
    case .cancelled:
      message.failure ?? (message.isWritten ? .lost(.body, timedOut: false, bodySent: true) : .cancelled)
    // An answer to the end of the message, but not SMTP: nobody knows whether it was taken.
    case .nonsense(.body) where message.isWritten: .lost(.body, timedOut: false, bodySent: true)
    default: self
    }
  }
}
