// Handing over one message: whole where the server allows it (`SMTPSession+Pipelining.swift`), else in a transaction of its
// own (`SMTPSession+Transaction.swift`). Replies are matched to commands by their order alone. RFC 5321 §4.1.1, 2920.

import Diagnosis
package import Foundation
import Message
import SMTP
import Sockets
package import Transport

extension SMTPSession {
  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    assert(connection.loop.isCurrent, "a session is used on its loop only")
    guard isUsable else { return .notBegun(recipients: message.envelope.recipients.count) }
    let isFirst = messageCount == 0
    messageCount += 1
    do throws(TransportError) { try requireFit(message) } catch {
      return transmission(of: message.envelope, TransactionReplies(), error, isFirst: isFirst, now: now)
    }
    window.enter()
    defer { window.leave() }
    if canPipeline(message) { return await sendPipelined(message, isFirst: isFirst, now: now) }
    unpipelined += 1
    defer { unpipelined -= 1 }
    return await sendAlone(message, isFirst: isFirst, now: now)
  }

  private func sendAlone(_ message: PreparedMessage, isFirst: Bool, now: Date) async -> Transmission {
    await writing.lock()
    defer { writing.unlock() }
    await untilAllAnswered()
    guard !isEnding else { return .notBegun(recipients: message.envelope.recipients.count) }
    let begun = ContinuousClock.now
    var replies = TransactionReplies()
    var ending: TransportError?
    do throws(TransportError) {
      try await reset()
      try await transact(message, &replies)
    } catch {
      ending = error
      isEnding = true
    }
    settleTransaction(replies)
    var transmission = transmission(of: message.envelope, replies, ending, isFirst: isFirst, now: now)
    if let written = connection.endWritten, written >= begun {
      transmission.writtenAt = now.addingTimeInterval((written - begun) / .seconds(1))
    }
    return transmission
  }

  /// Called when nothing is under way any more. A reply too many would be taken for the next command's, and that one's for the
  /// next: then a message's own 250 could be that of its recipient.
  func settleTransaction(_ replies: TransactionReplies) {
    if connection.isAhead { isEnding = true }
    if let end = replies.end, end.code / 100 == 2 { owesReset = false }
  }

  // MARK: Before

  private func requireFit(_ message: PreparedMessage) throws(TransportError) {
    if let limit = capabilities.maximumOctets, let octets = message.octetCount, octets > limit {
      throw .tooLarge(octets: octets, limit: limit)
    }
    guard message.envelope.recipients.allSatisfy(\.fitsOnLine) else {
      throw .unfitMessage("a recipient's address holds a control character")
    }
  }

  private func reset() async throws(TransportError) {
    guard owesReset else { return }
    owesReset = false
    let reply = try await connection.ask("RSET", in: .hello)
    if reply.code == 421 { throw .answered(reply, .hello) }
  }

  // MARK: Replies

  /// A 421 is the last thing that a server says, whatever it was asked.
  func readReply(_ phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) -> Reply {
    let reply = try await connection.readReply(in: phase, bodySent: bodySent)
    if reply.code == 421 { throw .answered(reply, phase) }
    return reply
  }

  func transmission(
    of envelope: Envelope, _ replies: TransactionReplies, _ ending: TransportError?, isFirst: Bool, now: Date
  ) -> Transmission {
    let refusal = wholeRefusal(replies)
    var unanswered = false
    let outcomes = envelope.recipients.indices.map { index -> Outcome in
      if let (reply, phase) = refusal { return outcome(of: reply, in: phase, now) }
      let reply = index < replies.recipients.count ? replies.recipients[index] : nil
      if let reply, reply.code / 100 != 2 { return outcome(of: reply, in: .recipient, now) }
      if reply != nil, let end = replies.end { return outcome(of: end, in: .body, now) }
      if let ending {
        unanswered = true
        return Outcome(of: ending, for: mailbox, now: now)
      }
      return .forNextTransaction
    }
    var transmission = Transmission(outcomes: outcomes, ending: ending)
    if unanswered, case .lost(_, _, bodySent: true) = ending { transmission.isPerhapsSent = true }
    if let end = replies.end, ![2, 4, 5].contains(end.code / 100) { transmission.isPerhapsSent = true }
    transmission.wasAnswered = !replies.isEmpty
    if !isFirst, transmission.saysNothingNew {
      transmission.isStale = true
      isEnding = true
    }
    return transmission
  }

  /// The reply that stands for all recipients.
  private func wholeRefusal(_ replies: TransactionReplies) -> (Reply, ConversationPhase)? {
    if let mail = replies.mail, mail.code / 100 != 2 { return (mail, .mail) }
    if let data = replies.data, replies.anyRecipientTaken { return (data, .data) }
    return nil
  }

  private func outcome(of reply: Reply, in phase: ConversationPhase, _ now: Date) -> Outcome {
    Outcome(of: Redaction.redacted(reply, secrets), in: phase, for: mailbox, now: now)
  }
}

extension Address {
  /// Nothing in it could end the command or its path.
  fileprivate var fitsOnLine: Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E } }
}
