// One message in one transaction of its own: in three parts where the server pipelines, else step by step.
// RFC 5321 §3.3, 2920, 3030.

import Diagnosis
import Message
import SMTP
import Transport

/// Replies to one message so far, in the order of the commands.
struct TransactionReplies {
  var mail: Reply?
  var recipients: [Reply] = []
  /// To DATA, when it is a refusal.
  var data: Reply?
  var end: Reply?

  var anyRecipientTaken: Bool { recipients.contains { $0.code / 100 == 2 } }
  var isEmpty: Bool { mail == nil }
}

extension SMTPSession {
  /// MAIL, RCPT and the data, as few round trips as the server allows. Nothing else is under way.
  func transact(_ message: PreparedMessage, _ replies: inout TransactionReplies) async throws(TransportError) {
    let recipients = message.envelope.recipients[...]
    owesReset = true
    if canChunk(message) {
      try await offerEnvelope(message, recipients, &replies)
      guard replies.anyRecipientTaken else { return }
      try await streamChunk(message)
      replies.end = try await readReply(.body, bodySent: true)
    } else {
      try await offerEnvelope(message, recipients, andData: extensions.has(.pipelining), &replies)
      try await giveData(message, &replies)
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

  func readRecipients(_ count: Int, _ replies: inout TransactionReplies) async throws(TransportError) {
    for _ in 0..<count { replies.recipients.append(try await readReply(.recipient)) }
  }

  /// MAIL, RCPT and, where asked, DATA: many at once where the server pipelines, else one by one.
  private func offerEnvelope(
    _ message: PreparedMessage, _ recipients: ArraySlice<Address>, andData: Bool = false,
    _ replies: inout TransactionReplies
  ) async throws(TransportError) {
    connection.enqueue(mail(message))
    let most = extensions.has(.pipelining) ? Self.mostRecipientsAtOnce : 1
    if most == 1 { try await readMailReply(&replies) }
    var rest = recipients
    while !rest.isEmpty {
      if let mail = replies.mail, mail.code / 100 != 2 { return }
      for recipient in rest.prefix(most) { connection.enqueue("RCPT TO:<\(recipient.text)>") }
      let isLast = rest.count <= most
      if isLast, andData { connection.enqueue("DATA") }
      try await connection.flush(.recipient)
      if replies.mail == nil { replies.mail = try await readReply(.mail) }
      try await readRecipients(min(most, rest.count), &replies)
      rest = rest.dropFirst(most)
    }
  }

  private func readMailReply(_ replies: inout TransactionReplies) async throws(TransportError) {
    try await connection.flush(.mail)
    replies.mail = try await readReply(.mail)
  }

  // MARK: DATA

  private func giveData(_ message: PreparedMessage, _ replies: inout TransactionReplies) async throws(TransportError) {
    if !extensions.has(.pipelining) {
      guard replies.anyRecipientTaken else { return }
      connection.enqueue("DATA")
      try await connection.flush(.data)
    } else if replies.recipients.count < message.envelope.recipients.count {
      // MAIL was refused in an earlier part, and DATA was never said.
      return
    }
    let reply = try await readReply(.data)
    guard reply.code == 354 else {
      replies.data = reply
      // No refusal either: nobody knows what the server waits for now.
      if reply.code / 100 < 4 { isEnding = true }
      return
    }
    guard replies.anyRecipientTaken else {
      // The server takes data for nobody. A lone dot ends that; the reply to it says nothing about the message.
      connection.enqueue(".")
      try await connection.flush(.body)
      _ = try await readReply(.body)
      return
    }
    try await streamData(message)
    replies.end = try await readReply(.body, bodySent: true)
  }

  private func streamData(_ message: PreparedMessage) async throws(TransportError) {
    var encoder = DotEncoder()
    connection.enqueue { output in message.header.withUnsafeBytes { encoder.encode($0, into: &output) } }
    try await stream(message.body) { piece, output in
      piece.withUnsafeBytes { encoder.encode($0, into: &output) }
    }
    connection.enqueue { encoder.finish(into: &$0) }
    try await connection.flush(.body, bodySent: true)
  }

  // MARK: BDAT

  private func streamChunk(_ message: PreparedMessage) async throws(TransportError) {
    connection.enqueue("BDAT \(message.octetCount ?? 0) LAST")
    connection.enqueue(octets: message.header)
    try await stream(message.body) { piece, output in output.append(contentsOf: piece) }
    try await connection.flush(.body, bodySent: true)
  }

  /// Enqueues a body, and writes whenever 64 KiB are enqueued; the end is left to be written.
  private func stream(
    _ body: PreparedMessage.Body, _ put: (ArraySlice<UInt8>, inout [UInt8]) -> Void
  ) async throws(TransportError) {
    let pieces = body.pieces
    while let piece = try await pieces.next() {
      if connection.enqueuedOctets >= Self.mostOctetsAtOnce { try await connection.flush(.body) }
      connection.enqueue { put(piece, &$0) }
    }
  }
}
