// What the log tells of a message and of what became of it. Without its content, which must not stay in memory with those
// that are kept back.

import Foundation
import Logging
import Logs
import Message
import SMTP
import Spool

struct LoggedMessage: Sendable {
  let id: MessageID
  let entity: String
  let sender: Address?
  /// Those who waited for it when the attempt began.
  let recipients: [Address]
  let messageID: InternetMessageID?
  let receivedAt: Date
  let attempts: Int

  /// - Parameter addedID: what the message is sent with where the app gave it no Message-ID.
  init(_ message: SpooledMessage, addedID: InternetMessageID? = nil) {
    id = message.id
    entity = message.entity
    sender = message.envelope.sender
    recipients = message.envelope.recipients
    messageID = message.messageID ?? addedID
    receivedAt = message.receivedAt
    attempts = message.attempts
  }

  init(_ message: ListedMessage) {
    id = message.id
    entity = message.entity
    sender = message.envelope.sender
    recipients = message.envelope.recipients
    messageID = message.messageID ?? message.unknown?.messageID
    receivedAt = message.receivedAt
    attempts = message.attempts
  }

  init(_ attempt: Attempt) {
    let message = attempt.message
    let addedID = message.messageID == nil ? attempt.addedMessageID : nil
    self.init(message, addedID: addedID)
  }

  /// - Parameter some: of its recipients; `nil` for all of them.
  func fields(about some: [Address]? = nil) -> LoggedFields {
    let recipients = some ?? recipients
    return [
      .id: "\(id)", .entity: entity, .sender: sender?.text ?? "<>",
      .recipients: LoggedFields.few(recipients.lazy.map(\.text)),
      .messageID: messageID.map { "\($0)" }, .attempt: attempts == 0 ? nil : "\(attempts)",
    ]
  }
}

extension Logger {
  /// One line for each kind of outcome, which nearly always is one.
  func settlement(_ settlement: Settlement, of message: LoggedMessage, now: Date) {
    if let unknown = settlement.unknown {
      outcome(.unknown, settlement.words, unknown.recipients, settlement, message, now)
    }
    guard settlement.unknown == nil || !settlement.recipients.isEmpty else { return }
    guard !settlement.recipients.isEmpty else {
      return outcome(settlement.returned ? .returned : .deferred, settlement.words, nil, settlement, message, now)
    }
    for event in [LoggedEvent.delivered, .deferred, .failed] {
      guard let first = settlement.recipients.first(where: { $0.1.event == event }) else { continue }
      let recipients = settlement.recipients.lazy.filter { $0.1.event == event }.map(\.0)
      outcome(event, first.1.words, Array(recipients), settlement, message, now)
    }
  }

  /// What was unknown, and was found to have arrived.
  func found(_ outcome: UnknownOutcome, of message: ListedMessage, _ words: String, now: Date) {
    let message = LoggedMessage(message)
    tell(.delivered, message.fields(about: outcome.recipients) + [.delay: message.delay(now), .reply: words])
  }

  /// A message that was given up without an attempt.
  func failed(_ message: SpooledMessage, because reason: String, now: Date) {
    let message = LoggedMessage(message)
    tell(.failed, message.fields() + [.delay: message.delay(now), .reason: reason])
  }

  private func outcome(
    _ event: LoggedEvent, _ words: String, _ recipients: [Address]?, _ settlement: Settlement, _ message: LoggedMessage,
    _ now: Date
  ) {
    let due = [.deferred, .returned, .unknown].contains(event) ? settlement.due : nil
    tell(
      event,
      message.fields(about: recipients) + [
        .delay: message.delay(now),
        .until: due.flatMap { $0 > now ? LoggedFields.time($0.timeIntervalSince1970) : nil },
        .reply: words.isEmpty ? nil : words,
      ])
  }
}

extension LoggedMessage {
  /// With milliseconds.
  fileprivate func delay(_ now: Date) -> String {
    let milliseconds = max(0, Int(now.timeIntervalSince(receivedAt) * 1000))
    return "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
  }
}

extension RecipientOutcome {
  fileprivate var event: LoggedEvent {
    switch self {
    case .delivered: .delivered
    case .deferred: .deferred
    case .failed: .failed
    }
  }

  fileprivate var words: String {
    switch self {
    case .delivered(let words), .deferred(let words), .failed(let words): words
    }
  }
}
