// What people see of the spool: `letterhead queue` and `queue show`.

package import FoundationEssentials
package import Message
package import SMTP

/// One line of the queue.
package struct ListedMessage: Sendable {
  package enum State: String, Sendable, Codable, CaseIterable {
    /// Not yet judged: waiting for its first attempt, for a connection, or on its way.
    case waiting
    /// Waits for its next attempt after a temporary failure.
    case deferred
    /// By a person's hand (`queue hold`), or since it was accepted, with a reason.
    case held
    case failed
    /// Set aside, because the storage cannot read it.
    case damaged

    /// Counts among those that wait.
    package var isQueued: Bool { self != .failed && self != .damaged }
  }

  package let id: MessageID
  package let entity: String
  package let state: State
  /// Waiting and failed recipients; the delivered ones are gone.
  package let envelope: Envelope
  package let octetCount: Int
  package let receivedAt: Date
  /// When it is tried next; for a failed message, when it failed.
  package let due: Date
  package let attempts: Int
  package let isReport: Bool
  package let perhapsSent: Bool
  package let source: MessageSource
  /// Why it was accepted as held. `nil`: a person's hand holds it, or nothing does.
  package let heldBecause: String?
  /// The last words about it, verbatim; empty before the first attempt.
  package let words: String
}

/// One attempt as it is remembered.
package struct AttemptRecord: Sendable {
  package let number: Int
  package let at: Date
  package let words: String
  package let recipients: [(Address, RecipientOutcome)]

  /// How many of the latest are kept, besides the first.
  package static let mostKept = 30

  package init(number: Int, at: Date, words: String, recipients: [(Address, RecipientOutcome)]) {
    self.number = number
    self.at = at
    self.words = words
    self.recipients = recipients
  }

  /// What was said last: about the message, else about the first recipient it was said of.
  var lastWords: String {
    if !words.isEmpty { return words }
    return recipients.lazy.map { recipient in
      switch recipient.1 {
      case .delivered: ""
      case .deferred(let words), .failed(let words): words
      }
    }.first { !$0.isEmpty } ?? ""
  }
}

/// Everything `queue show` prints.
package struct MessageDetail: Sendable {
  package let message: ListedMessage
  /// Oldest first; of very many, the first and the latest.
  package let attempts: [AttemptRecord]
  /// `nil` still waits; words are why it failed.
  package let recipients: [(Address, failure: String?)]
  /// Header bytes with the empty line, or the first 64 KiB where there is no end to it.
  package let header: [UInt8]
}
