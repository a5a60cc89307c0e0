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
    /// Its end was written and no answer came: perhaps its provider has it.
    case unknown
    /// Delivered, and kept until its copy lies in the mailbox's folder of sent messages.
    case filing
    case failed
    /// Set aside, because the storage cannot read it.
    case damaged

    /// Counts among those that wait.
    package var isQueued: Bool { ![.filing, .failed, .damaged].contains(self) }
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
  /// It is reserved for an attempt, and `due` is when that ends.
  package let isLeased: Bool
  package let isReport: Bool
  package let perhapsSent: Bool
  /// `nil`: what its provider made of it is known, or it was not handed over.
  package let unknown: UnknownOutcome?
  /// `nil`: nobody has it, or no copy of it is filed.
  package let copy: SentCopy?
  /// Some of its recipients have it already.
  package let isPartlyDelivered: Bool
  package let source: MessageSource
  /// As its header said when it was accepted; `nil`: the header has none.
  package let messageID: InternetMessageID?
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

  /// What was said last: about the message, else about a recipient who still waits, else about one who failed.
  var lastWords: String {
    if !words.isEmpty { return words }
    return recipients.firstWords { if case .deferred(let words) = $0 { words } else { nil } }
      ?? recipients.firstWords { if case .failed(let words) = $0 { words } else { nil } } ?? ""
  }
}

extension Settlement {
  /// The same, of what an attempt came to; of one that went well, the provider's receipt.
  var lastWords: String {
    if !words.isEmpty { return words }
    return recipients.firstWords { if case .deferred(let words) = $0 { words } else { nil } }
      ?? recipients.firstWords { outcome in
        switch outcome {
        case .delivered(let words), .deferred(let words), .failed(let words): words
        }
      } ?? ""
  }
}

extension [(Address, RecipientOutcome)] {
  /// The first that are not empty.
  fileprivate func firstWords(_ words: (RecipientOutcome) -> String?) -> String? {
    for (_, outcome) in self {
      if let words = words(outcome), !words.isEmpty { return words }
    }
    return nil
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
