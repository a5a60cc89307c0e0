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
  /// A failure report, accepted in the same transaction.
  package var report: NewMessage?

  package init(
    recipients: [(Address, RecipientOutcome)], words: String = "", due: Date? = nil, returned: Bool = false,
    perhapsSent: Bool = false, report: NewMessage? = nil
  ) {
    self.recipients = recipients
    self.words = words
    self.due = due
    self.returned = returned
    self.perhapsSent = perhapsSent
    self.report = report
  }

  /// Gives a message back as if it had not been claimed: due at once unless a time is given.
  package static func unstarted(due: Date? = nil) -> Settlement {
    Settlement(recipients: [], due: due, returned: true)
  }
}
