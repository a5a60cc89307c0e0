// The faults that a queue finds by itself, told by nobody's reply.

import Diagnosis
import Foundation
import Mailboxes
import Platform

extension Fault {
  /// The mailbox may send no more today, by our own count.
  static func quotaUsedUp(of mailbox: Mailbox, _ limits: SendingLimits, now: Date) -> Fault {
    Fault(
      class: .quota, since: now,
      summary:
        "\(mailbox.address) has sent to \("recipient".counted(limits.recipientsPerDay ?? 0)) within 24 hours, and "
        + "\(mailbox.provider.label) takes no more.",
      remedy: "Sending resumes by itself. If the mailbox may send more, set recipients_per_day in "
        + "[entity.\(mailbox.entity).limits].", upstream: "")
  }

  /// No provider's words: it ends when the count or the limit allows.
  var isOwnQuota: Bool { `class` == .quota && upstream.isEmpty }

  /// What `OpenQuestions` found: the mailbox is meant, whatever the provider's words seem to say.
  static func refusedAlike(_ outcome: Outcome, of mailbox: Mailbox, now: Date) -> Fault {
    let `class` = outcome.class.flatMap { [.message, .recipient].contains($0) ? nil : $0 } ?? .policy
    return Fault(
      class: `class`, since: now,
      summary:
        "\(mailbox.provider.label) refuses whatever \(mailbox.address) sends, so the mailbox is meant and not one "
        + "message: \"\(outcome.words)\"",
      remedy: Placeholders(for: mailbox, now: now).fill("Ask {provider} what its words mean, then run: {test}"),
      upstream: outcome.words)
  }
}
