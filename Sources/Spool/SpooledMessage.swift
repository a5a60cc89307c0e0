// What goes into the spool and what comes out of it. Values only; the states are told at `Spool`.

package import FoundationEssentials
package import Message

/// Names one message for as long as the spool exists; never given twice. Grows with every message accepted.
package struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }

  /// As people type it.
  package init?(_ text: some StringProtocol) {
    guard let value = Int64(text), value > 0 else { return nil }
    self.rawValue = value
  }

  package static func < (one: MessageID, other: MessageID) -> Bool { one.rawValue < other.rawValue }
  package var description: String { String(rawValue) }
}

/// One message before it has been promised.
package struct NewMessage: Sendable {
  package enum Origin: Sendable { case app, report }

  package var entity: String
  package var envelope: Envelope
  package var content: MessageContent
  package var source: MessageSource
  package var origin: Origin
  /// Why the message is held from the beginning, for people; `nil`: it waits like any other. A person releases it.
  package var hold: String?
  /// As its header says; `nil`: the header has none.
  package var messageID: InternetMessageID?

  package init(
    entity: String, envelope: Envelope, content: MessageContent, source: MessageSource, origin: Origin = .app,
    hold: String? = nil, messageID: InternetMessageID? = nil
  ) {
    self.entity = entity
    self.envelope = envelope
    self.content = content
    self.source = source
    self.origin = origin
    self.hold = hold
    self.messageID = messageID
  }
}

/// One message claimed for an attempt.
package struct SpooledMessage: Sendable {
  package let id: MessageID
  package let entity: String
  /// Recipients still waiting only, in the app's order.
  package let envelope: Envelope
  package let content: MessageContent
  package let receivedAt: Date
  /// This one included: 1 at the first attempt.
  package let attempts: Int
  /// A failure report of ours: never reported about in turn.
  package let isReport: Bool
  /// An earlier attempt lost the line after the final dot.
  package let perhapsSent: Bool
  /// As its header said when it was accepted; `nil`: the header has none.
  package let messageID: InternetMessageID?

  package init(
    id: MessageID, entity: String, envelope: Envelope, content: MessageContent, receivedAt: Date, attempts: Int = 1,
    isReport: Bool = false, perhapsSent: Bool = false, messageID: InternetMessageID? = nil
  ) {
    self.id = id
    self.entity = entity
    self.envelope = envelope
    self.content = content
    self.receivedAt = receivedAt
    self.attempts = attempts
    self.isReport = isReport
    self.perhapsSent = perhapsSent
    self.messageID = messageID
  }
}
