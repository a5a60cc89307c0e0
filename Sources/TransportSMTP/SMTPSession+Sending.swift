// Handing over one message: all at once where the server allows it (`SMTPSession+Pipelining.swift`), in three parts where
// it only pipelines, else step by step. Replies are matched to commands by their order alone. RFC 5321 §3.3, 2920, 3030.

import Diagnosis
package import Foundation
import Message
import SMTP
package import Transport

extension SMTPSession {
  /// Replies so far, in the order of the commands.
  struct Answers {
    var mail: Reply?
    var recipients: [Reply] = []
    /// To DATA, when it is a refusal.
    var data: Reply?
    var end: Reply?

    var anyRecipientTaken: Bool { recipients.contains { $0.code / 100 == 2 } }
    var isEmpty: Bool { mail == nil }
  }

  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    guard isUsable else { return .notBegun(recipients: message.envelope.recipients.count) }
    let isFirst = messageCount == 0
    messageCount += 1
    do throws(TransportError) { try requireFit(message) } catch {
      return transmission(of: message.envelope, Answers(), error, isFirst: isFirst, now: now)
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
    var answers = Answers()
    var ending: TransportError?
    do throws(TransportError) {
      try await reset()
      try await transact(message, &answers)
    } catch {
      ending = error
      isEnding = true
    }
    settleTransaction(answers)
    return transmission(of: message.envelope, answers, ending, isFirst: isFirst, now: now)
  }

  /// When nothing is under way any more. A reply too many would be taken for the next command's, and that one's for the
  /// next: then a message's own 250 could be that of its recipient.
  func settleTransaction(_ answers: Answers) {
    if exchange.isAhead { isEnding = true }
    if let end = answers.end, end.code / 100 == 2 { owesReset = false }
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
    let reply = try await exchange.ask("RSET", in: .hello)
    if reply.code == 421 { throw .answered(reply, .hello) }
  }

  // MARK: The transaction

  private func transact(_ message: PreparedMessage, _ answers: inout Answers) async throws(TransportError) {
    let recipients = message.envelope.recipients[...]
    owesReset = true
    if canChunk(message) {
      try await offerEnvelope(message, recipients, &answers)
      guard answers.anyRecipientTaken else { return }
      try await streamChunk(message)
      answers.end = try await readReply(.body, bodySent: true)
    } else {
      try await offerEnvelope(message, recipients, andData: extensions.has(.pipelining), &answers)
      try await giveData(message, &answers)
    }
  }

  func canChunk(_ message: PreparedMessage) -> Bool { extensions.has(.chunking) && message.octetCount != nil }

  // MARK: Envelope

  func mail(_ message: PreparedMessage) -> String {
    var command = "MAIL FROM:<\(message.envelope.sender?.text ?? "")>"
    if extensions.has(.size), let octets = message.octetCount { command += " SIZE=\(octets)" }
    if message.uses8BitMIME { command += " BODY=8BITMIME" }
    if message.usesSMTPUTF8 { command += " SMTPUTF8" }
    return command
  }

  func readRecipients(_ count: Int, _ answers: inout Answers) async throws(TransportError) {
    for _ in 0..<count { answers.recipients.append(try await readReply(.recipient)) }
  }

  /// MAIL, RCPT and, where asked, DATA: many at once where the server pipelines, else one by one.
  private func offerEnvelope(
    _ message: PreparedMessage, _ recipients: ArraySlice<Address>, andData: Bool = false, _ answers: inout Answers
  ) async throws(TransportError) {
    exchange.enqueue(mail(message))
    let most = extensions.has(.pipelining) ? Self.mostRecipientsAtOnce : 1
    if most == 1 { try await readMailReply(&answers) }
    var rest = recipients
    while !rest.isEmpty {
      if let mail = answers.mail, mail.code / 100 != 2 { return }
      for recipient in rest.prefix(most) { exchange.enqueue("RCPT TO:<\(recipient.text)>") }
      let isLast = rest.count <= most
      if isLast, andData { exchange.enqueue("DATA") }
      try await exchange.flush(.recipient)
      if answers.mail == nil { answers.mail = try await readReply(.mail) }
      try await readRecipients(min(most, rest.count), &answers)
      rest = rest.dropFirst(most)
    }
  }

  private func readMailReply(_ answers: inout Answers) async throws(TransportError) {
    try await exchange.flush(.mail)
    answers.mail = try await readReply(.mail)
  }

  // MARK: DATA

  private func giveData(_ message: PreparedMessage, _ answers: inout Answers) async throws(TransportError) {
    if !extensions.has(.pipelining) {
      guard answers.anyRecipientTaken else { return }
      exchange.enqueue("DATA")
      try await exchange.flush(.data)
    } else if answers.recipients.count < message.envelope.recipients.count {
      // MAIL was refused in an earlier part, and DATA was never said.
      return
    }
    let reply = try await readReply(.data)
    guard reply.code == 354 else {
      answers.data = reply
      // No refusal either: nobody knows what it waits for now.
      if reply.code / 100 < 4 { isEnding = true }
      return
    }
    guard answers.anyRecipientTaken else {
      // It takes data for nobody. A lone dot ends that; what it answers is of no concern.
      exchange.enqueue(".")
      try await exchange.flush(.body)
      _ = try await readReply(.body)
      return
    }
    try await streamData(message)
    answers.end = try await readReply(.body, bodySent: true)
  }

  private func streamData(_ message: PreparedMessage) async throws(TransportError) {
    var encoder = DotEncoder()
    exchange.enqueue { output in message.header.withUnsafeBytes { encoder.encode($0, into: &output) } }
    try await stream(message.body) { piece, output in
      piece.withUnsafeBytes { encoder.encode($0, into: &output) }
    }
    exchange.enqueue { encoder.finish(into: &$0) }
    try await exchange.flush(.body, bodySent: true)
  }

  // MARK: BDAT

  private func streamChunk(_ message: PreparedMessage) async throws(TransportError) {
    exchange.enqueue("BDAT \(message.octetCount ?? 0) LAST")
    exchange.enqueue(octets: message.header)
    try await stream(message.body) { piece, output in output.append(contentsOf: piece) }
    try await exchange.flush(.body, bodySent: true)
  }

  /// Puts a body into the output, and writes that whenever it has come to 64 KiB; the end is left to be written.
  private func stream(
    _ body: PreparedMessage.Body, _ put: (ArraySlice<UInt8>, inout [UInt8]) -> Void
  ) async throws(TransportError) {
    let pieces = body.pieces
    while let piece = try await pieces.next() {
      if exchange.enqueuedOctets >= Self.mostOctetsAtOnce { try await exchange.flush(.body) }
      exchange.enqueue { put(piece, &$0) }
    }
  }

  // MARK: Replies

  /// A 421 is the last thing that a server says, whatever it was asked.
  func readReply(_ phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) -> Reply {
    let reply = try await exchange.readReply(in: phase, bodySent: bodySent)
    if reply.code == 421 { throw .answered(reply, phase) }
    return reply
  }

  func transmission(
    of envelope: Envelope, _ answers: Answers, _ ending: TransportError?, isFirst: Bool, now: Date
  ) -> Transmission {
    let refusal = wholeRefusal(answers)
    var unanswered = false
    let outcomes = envelope.recipients.indices.map { index -> Outcome in
      if let (reply, phase) = refusal { return outcome(of: reply, in: phase, now) }
      let reply = index < answers.recipients.count ? answers.recipients[index] : nil
      if let reply, reply.code / 100 != 2 { return outcome(of: reply, in: .recipient, now) }
      if reply != nil, let end = answers.end { return outcome(of: end, in: .body, now) }
      if let ending {
        unanswered = true
        return Outcome(of: ending, for: mailbox, now: now)
      }
      return .forNextTransaction
    }
    var transmission = Transmission(outcomes: outcomes, ending: ending)
    if unanswered, case .lost(_, _, bodySent: true) = ending { transmission.isPerhapsSent = true }
    transmission.wasAnswered = !answers.isEmpty
    if !isFirst, transmission.saysNothingNew {
      transmission.isStale = true
      isEnding = true
    }
    return transmission
  }

  /// The reply that stands for all recipients.
  private func wholeRefusal(_ answers: Answers) -> (Reply, ConversationPhase)? {
    if let mail = answers.mail, mail.code / 100 != 2 { return (mail, .mail) }
    if let data = answers.data, answers.anyRecipientTaken { return (data, .data) }
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
