// Handing over one message: in one flight where the server allows it (`SMTPSession+Flights.swift`), in three where it
// only pipelines, else step by step. Replies are matched to commands by their order alone. RFC 5321 §3.3, 2920, 3030.

package import Foundation
import Mailboxes
import Message
import SMTP
import Spool

/// What came of handing over one message.
package struct Transmission: Sendable {
  /// One for each recipient, in the envelope's order.
  package var outcomes: [Outcome]
  /// The end of the message was written, and nobody knows whether it was taken.
  package var perhapsSent: Bool
  /// Why the line is of no more use, if it is not.
  package var ending: TransportError?
  /// The provider has said something about it.
  package var wasAnswered: Bool
}

extension SMTPSession {
  /// A message up to this size goes out behind its own envelope, before the server has said anything about that.
  static let oneFlightOctets = 64 << 10
  /// So many commands leave at once: neither side can then fill the other's buffers.
  static let flightRecipients = 100

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

  /// Hands over one message in one transaction. That the server takes so many recipients at once (RFC 9422) is the
  /// caller's concern.
  ///
  /// - Parameter now: for the faults that come of it.
  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    if takesWhole(message) {
      let flight = board(message)
      await write(flight)
      return await hear(flight, now: now)
    }
    var answers = Answers()
    var ending: TransportError?
    do throws(TransportError) {
      try requireFit(message)
      try await clear()
      try await transact(message, &answers)
    } catch {
      ending = error
      if !error.isAboutMessage { isUsable = false }
    }
    messageCount += 1
    leaveIfAhead()
    return transmission(of: message.envelope, answers, ending, now: now)
  }

  /// A reply too many would be taken for the next command's, and that one's for the next: then a message's own 250 could
  /// be that of its recipient.
  func leaveIfAhead() {
    if exchange.isAhead { isUsable = false }
  }

  // MARK: Before

  func requireFit(_ message: PreparedMessage) throws(TransportError) {
    if let limit = extensions.size, let octets = message.octetCount, octets > limit {
      throw .tooLarge(octets: octets, limit: limit)
    }
    guard message.envelope.recipients.allSatisfy(\.fitsOnLine) else {
      throw .unfitMessage("a recipient's address holds a control character")
    }
  }

  private func clear() async throws(TransportError) {
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
      answers.end = try await hear(.body, bodySent: true)
    } else {
      try await offerEnvelope(message, recipients, andData: extensions.has(.pipelining), &answers)
      try await giveData(message, &answers)
    }
    if let end = answers.end, end.code / 100 == 2 { owesReset = false }
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

  func hearRecipients(_ count: Int, _ answers: inout Answers) async throws(TransportError) {
    for _ in 0..<count { answers.recipients.append(try await hear(.recipient)) }
  }

  /// MAIL, RCPT and, where asked, DATA: in flights where the server pipelines, else one by one.
  private func offerEnvelope(
    _ message: PreparedMessage, _ recipients: ArraySlice<Address>, andData: Bool = false, _ answers: inout Answers
  ) async throws(TransportError) {
    exchange.say(mail(message))
    let flight = extensions.has(.pipelining) ? Self.flightRecipients : 1
    if flight == 1 { try await hearMail(&answers) }
    var rest = recipients
    while !rest.isEmpty {
      if let mail = answers.mail, mail.code / 100 != 2 { return }
      for recipient in rest.prefix(flight) { exchange.say("RCPT TO:<\(recipient.text)>") }
      let isLast = rest.count <= flight
      if isLast, andData { exchange.say("DATA") }
      try await exchange.takeOff(.recipient)
      if answers.mail == nil { answers.mail = try await hear(.mail) }
      try await hearRecipients(min(flight, rest.count), &answers)
      rest = rest.dropFirst(flight)
    }
  }

  private func hearMail(_ answers: inout Answers) async throws(TransportError) {
    try await exchange.takeOff(.mail)
    answers.mail = try await hear(.mail)
  }

  // MARK: DATA

  private func giveData(_ message: PreparedMessage, _ answers: inout Answers) async throws(TransportError) {
    if !extensions.has(.pipelining) {
      guard answers.anyRecipientTaken else { return }
      exchange.say("DATA")
      try await exchange.takeOff(.data)
    } else if answers.recipients.count < message.envelope.recipients.count {
      // MAIL was refused in an earlier flight, and DATA was never said.
      return
    }
    let reply = try await hear(.data)
    guard reply.code == 354 else {
      answers.data = reply
      // No refusal either: nobody knows what it waits for now.
      if reply.code / 100 < 4 { isUsable = false }
      return
    }
    guard answers.anyRecipientTaken else {
      // It takes data for nobody. A lone dot ends that; what it answers is of no concern.
      exchange.say(".")
      try await exchange.takeOff(.body)
      _ = try await hear(.body)
      return
    }
    try await streamData(message)
    answers.end = try await hear(.body, bodySent: true)
  }

  private func streamData(_ message: PreparedMessage) async throws(TransportError) {
    var encoder = DotEncoder()
    exchange.say { flight in message.header.withUnsafeBytes { encoder.encode($0, into: &flight) } }
    try await stream(message.body) { piece, flight in
      piece.withUnsafeBytes { encoder.encode($0, into: &flight) }
    }
    exchange.say { encoder.finish(into: &$0) }
    try await exchange.takeOff(.body, bodySent: true)
  }

  // MARK: BDAT

  private func streamChunk(_ message: PreparedMessage) async throws(TransportError) {
    exchange.say("BDAT \(message.octetCount ?? 0) LAST")
    exchange.say(octets: message.header)
    try await stream(message.body) { piece, flight in flight.append(contentsOf: piece) }
    try await exchange.takeOff(.body, bodySent: true)
  }

  /// Puts a body into flights of 64 KiB and sends all but the last.
  private func stream(
    _ body: PreparedMessage.Body, _ put: (ArraySlice<UInt8>, inout [UInt8]) -> Void
  ) async throws(TransportError) {
    switch body {
    case .octets(var octets):
      while !octets.isEmpty {
        let piece = octets.prefix(Self.oneFlightOctets)
        octets = octets.dropFirst(piece.count)
        try await streamPiece(piece, put)
      }
    case .file(let file, let skipped, var encoder):
      let pieces = FilePieces(of: file, from: skipped)
      while let piece = try await pieces.next() {
        try await streamPiece(Self.encoded(piece, by: &encoder), put)
      }
      var tail: [UInt8] = []
      encoder?.finish(into: &tail)
      exchange.say { put(tail[...], &$0) }
    }
  }

  private func streamPiece(
    _ piece: ArraySlice<UInt8>, _ put: (ArraySlice<UInt8>, inout [UInt8]) -> Void
  ) async throws(TransportError) {
    if exchange.flightOctets >= Self.oneFlightOctets { try await exchange.takeOff(.body) }
    exchange.say { put(piece, &$0) }
  }

  private static func encoded(_ piece: ArraySlice<UInt8>, by encoder: inout BodyEncoder?) -> ArraySlice<UInt8> {
    guard encoder != nil else { return piece }
    var output: [UInt8] = []
    piece.withUnsafeBytes { encoder?.feed($0, into: &output) }
    return output[...]
  }

  // MARK: Replies

  /// A 421 is the last thing that a server says, whatever it was asked.
  func hear(_ phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) -> Reply {
    let reply = try await exchange.reply(in: phase, bodySent: bodySent)
    if reply.code == 421 { throw .answered(reply, phase) }
    return reply
  }

  func transmission(
    of envelope: Envelope, _ answers: Answers, _ ending: TransportError?, now: Date
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
    var perhapsSent = false
    if unanswered, case .lost(_, _, bodySent: true) = ending { perhapsSent = true }
    return Transmission(outcomes: outcomes, perhapsSent: perhapsSent, ending: ending, wasAnswered: !answers.isEmpty)
  }

  /// The reply that stands for all recipients.
  private func wholeRefusal(_ answers: Answers) -> (Reply, ConversationPhase)? {
    if let mail = answers.mail, mail.code / 100 != 2 { return (mail, .mail) }
    if let data = answers.data, answers.anyRecipientTaken { return (data, .data) }
    return nil
  }

  private func outcome(of reply: Reply, in phase: ConversationPhase, _ now: Date) -> Outcome {
    Outcome(of: Redaction.blotted(reply, secrets), in: phase, for: mailbox, now: now)
  }
}

extension TransportError {
  /// The session is none the worse for it.
  var isAboutMessage: Bool {
    switch self {
    case .tooLarge, .unfitMessage, .needsSMTPUTF8: true
    default: false
    }
  }
}

extension Address {
  /// Nothing in it could end the command or its path.
  fileprivate var fitsOnLine: Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E } }
}
