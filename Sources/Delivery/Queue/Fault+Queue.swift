// The faults that a queue finds by itself, told by nobody's reply.

import Diagnosis
import Foundation
import Mailboxes

extension Fault {
  /// The mailbox may send no more today, by our own count.
  static func quotaUsedUp(of mailbox: Mailbox, _ limits: SendingLimits, now: Date) -> Fault {
    Fault(
      class: .quota, since: now,
      summary: "\(mailbox.address) has sent to \(limits.recipientsPerDay ?? 0) recipients within 24 hours, and "
        + "\(mailbox.provider.label) takes no more.",
      remedy: "Sending resumes by itself. If the mailbox may send more, set recipients_per_day in "
        + "[entity.\(mailbox.entity).limits].", upstream: "")
  }

  /// No provider's words: it ends when the count or the limit allows.
  var isOwnQuota: Bool { `class` == .quota && upstream.isEmpty }

  /// What `PoisonGuard` found.
  static func refusedAlike(_ outcome: Outcome, of mailbox: Mailbox, now: Date) -> Fault {
    Fault(
      class: .policy, since: now,
      summary: "\(outcome.summary) That was said of three different messages in a row, so the rest is held.",
      remedy: Placeholders(for: mailbox, now: now).fill("Find out what the provider dislikes, then run: {test}"),
      upstream: outcome.words)
  }
}
