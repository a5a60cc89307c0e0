// A message whole in one flight: MAIL, RCPT and BDAT LAST, before the server has said anything about it. Several may be
// on their way at once: one task writes them, another hears what is said to each, in their order. RFC 2920, 3030.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets

/// One message on its way. Touched on the session's loop only.
final class PipelinedMessage {
  let envelope: Envelope
  /// RSET goes before it: what comes of the transaction before is not known yet, or it did not end by itself. What a
  /// server makes of that one can then do this one no harm.
  let hasReset: Bool
  let octets: [UInt8]
  /// All of it: from then on the provider may have it.
  fileprivate(set) var isWritten = false
  /// What kept it from being written.
  fileprivate var failure: TransportError?

  init(_ envelope: Envelope, hasReset: Bool, octets: [UInt8]) {
    self.envelope = envelope
    self.hasReset = hasReset
    self.octets = octets
  }
}

extension SMTPSession {
  /// Whether a message may be written without waiting for the server in between.
  func takesWhole(_ message: PreparedMessage) -> Bool {
    guard canTakeWhole(message.octetCount ?? .max, recipients: message.envelope.recipients.count) else { return false }
    guard case .octets = message.body else { return false }
    do { try requireFit(message) } catch { return false }
    return true
  }

  func canTakeWhole(_ octets: Int, recipients: Int) -> Bool {
    extensions.has(.pipelining) && extensions.has(.chunking) && octets <= Self.oneFlightOctets
      && recipients <= Self.flightRecipients
  }

  /// Takes a message on board, behind those whose replies have not been heard yet. It must be written next, and heard.
  func board(_ message: PreparedMessage) -> PipelinedMessage {
    messageCount += 1
    unheard += 1
    defer { owesReset = true }
    var octets: [UInt8] = []
    octets.reserveCapacity((message.octetCount ?? 0) + 256 + message.envelope.recipients.count * 64)
    func say(_ command: String) {
      octets.append(contentsOf: command.utf8)
      octets.append(contentsOf: [0x0D, 0x0A])
    }
    if owesReset { say("RSET") }
    say(mail(message))
    for recipient in message.envelope.recipients { say("RCPT TO:<\(recipient.text)>") }
    say("BDAT \(message.octetCount ?? 0) LAST")
    octets.append(contentsOf: message.header)
    if case .octets(let body) = message.body { octets.append(contentsOf: body) }
    return PipelinedMessage(message.envelope, hasReset: owesReset, octets: octets)
  }

  /// Whatever becomes of it is heard by `hear`.
  func write(_ flight: PipelinedMessage) async {
    do throws(TransportError) {
      try await exchange.send(flight.octets)
      flight.isWritten = true
    } catch {
      flight.failure = error
      isUsable = false
      // Whoever hears goes on as long as there are words to hear, and no longer.
      if !error.isBrokenLine { interrupter.interrupt() }
    }
  }

  /// Hears what the server says to the oldest message that was written and not heard yet.
  func hear(_ flight: PipelinedMessage, now: Date) async -> Transmission {
    var answers = Answers()
    var ending: TransportError?
    do throws(TransportError) {
      if flight.hasReset { _ = try await hear(.hello) }
      answers.mail = try await hear(.mail)
      try await hearRecipients(flight.envelope.recipients.count, &answers)
      answers.end = try await hear(.body)
    } catch {
      ending = error.asEnding(of: flight)
      isUsable = false
    }
    unheard -= 1
    if unheard == 0 { leaveIfAhead() }
    if let end = answers.end, end.code / 100 == 2, unheard == 0 { owesReset = false }
    return transmission(of: flight.envelope, answers, ending, now: now)
  }
}

extension TransportError {
  fileprivate var isBrokenLine: Bool {
    if case .lost(_, timedOut: false, _) = self { true } else { false }
  }

  /// What is known of a message when its replies end this way.
  fileprivate func asEnding(of flight: PipelinedMessage) -> TransportError {
    switch self {
    case .lost(let phase, let timedOut, _):
      flight.failure ?? .lost(phase, timedOut: timedOut, bodySent: flight.isWritten)
    case .cancelled:
      flight.failure ?? (flight.isWritten ? .lost(.body, timedOut: false, bodySent: true) : .cancelled)
    default: self
    }
  }
}
