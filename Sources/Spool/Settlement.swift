// What one attempt came to, as the spool has to write it down.

package import FoundationEssentials
package import SMTP

/// What became of one recipient; the words are the provider's, verbatim.
package enum RecipientOutcome: Equatable, Sendable {
  case delivered(String)
  case deferred(String)
  case failed(String)
}

/// The end of one attempt.
///
/// Recipients that are not named stay waiting. When none waits any more the message is settled: gone if all were
/// delivered, kept as failed if any failed.
package struct Settlement: Sendable {
  package var recipients: [(Address, RecipientOutcome)]
  /// What happened to the message as a whole, for `queue show`: the provider's words, or ours where there were none.
  package var words: String
  /// When to try again; `nil` leaves it to `Schedule`. Never later than `Schedule.longestWait`.
  package var due: Date?
  /// The attempt does not count: nothing about the message was judged (the mailbox was paused, the line was lost early).
  package var returned: Bool
  /// The end of the message had been written when the line broke.
  package var perhapsSent: Bool
  /// The same, and nothing more is sent before it is known, or decided, whether the message was taken; looked for at
  /// `due`.
  package var unknown: UnknownOutcome?
  /// A failure report, accepted in the same transaction.
  package var report: NewMessage?
  /// What the provider's acceptance tells, of recipients that have the message now.
  package var receipt: Receipt?
  /// To be filed into the mailbox's folder of sent messages once somebody has the message; `nil`: the provider does it, or
  /// nobody.
  package var copy: SentCopy?

  package init(
    recipients: [(Address, RecipientOutcome)], words: String = "", due: Date? = nil, returned: Bool = false,
    perhapsSent: Bool = false, unknown: UnknownOutcome? = nil, report: NewMessage? = nil, receipt: Receipt? = nil,
    copy: SentCopy? = nil
  ) {
    self.recipients = recipients
    self.words = words
    self.due = due
    self.returned = returned
    self.perhapsSent = perhapsSent
    self.unknown = unknown
    self.report = report
    self.receipt = receipt
    self.copy = copy
  }

  /// Gives a message back as if it had not been claimed: due at once unless a time is given.
  package static func unstarted(due: Date? = nil) -> Settlement {
    Settlement(recipients: [], due: due, returned: true)
  }
}
