// An attempt whose answer never came, as the spool writes it down.

import Foundation
import Mailboxes
import SMTP
import Spool

extension Settlement {
  /// Nothing is said of these recipients before it is known whether they have the message.
  mutating func leaveUnknown(_ outcome: UnknownOutcome, under entity: Entity) {
    let open = Set(outcome.recipients)
    recipients.removeAll { open.contains($0.0) }
    unknown = outcome
    words = [Self.unknownWords, words].filter { !$0.isEmpty }.joined(separator: " ")
    returned = false
    due = outcome.writtenAt + (entity.unknownOutcome == .check ? SentSearch.looks[0] : 0)
  }

  private static let unknownWords = "The message was handed over whole and no answer came: perhaps it was taken."
}
