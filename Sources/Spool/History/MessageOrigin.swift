// What the history will say of where a claimed message came from, kept in memory with the claim: a message that was
// delivered at its first attempt is settled without reading its record.

import Message
import SMTP

/// A class: claims are copied, and hold one reference instead of six.
final class MessageOrigin: Sendable {
  let sender: Address?
  let source: MessageSource
  let messageID: InternetMessageID?
  let octetCount: Int
  let receivedAt: Timestamp
  let claimedAt: Timestamp

  init(_ message: NewMessage, acceptedAt now: Timestamp) {
    sender = message.envelope.sender
    source = message.source
    messageID = message.messageID
    octetCount = message.content.octetCount
    receivedAt = now
    claimedAt = now
  }

  init(_ record: MessageRecord, _ envelope: RecordedEnvelope, claimedAt now: Timestamp) {
    sender = envelope.sender
    source = envelope.source
    messageID = envelope.messageID
    octetCount = record.octetCount
    receivedAt = record.receivedAt
    claimedAt = now
  }
}

extension HistoryEntry {
  /// Nothing has come of it yet.
  init(_ id: MessageID, of entity: String, from origin: MessageOrigin, at now: Timestamp) {
    self.init(
      id: id, entity: entity, receivedAt: origin.receivedAt, octetCount: origin.octetCount, source: origin.source,
      messageID: origin.messageID, sender: origin.sender?.text ?? "<>", endedAt: now)
  }

  /// As it lies in the queue: waiting and failed recipients.
  init(_ record: MessageRecord, at now: Timestamp) {
    let envelope = record.envelope
    self.init(
      id: record.id, entity: record.entity, receivedAt: record.receivedAt, octetCount: record.octetCount,
      source: envelope?.source ?? MessageSource(client: ""), messageID: envelope?.messageID,
      sender: envelope.map { $0.sender?.text ?? "<>" }, endedAt: now)
    recipients = (envelope?.recipients ?? []).map { recipient in
      Recipient(address: recipient.address.text, fate: recipient.failure.map { .failed($0) } ?? .waiting)
    }
    attempts = record.attempts
  }
}
