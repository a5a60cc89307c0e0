// Who was refused of a message's recipients, and how: what the guard and the open questions look at.

import Diagnosis
import Foundation
import Mailboxes
import Message
import SMTP
import Spool

extension MessageRefusal {
  /// - Parameter kind: `.unexplained` or `.failed`.
  /// - Returns: `nil` where no recipient was refused so.
  init?(of message: SpooledMessage, _ outcomes: [Outcome], _ kind: Outcome.Kind, by mailbox: Mailbox) {
    let recipients = message.envelope.recipients
    let concerned = zip(recipients, outcomes).filter { $0.1.kind == kind }
    guard let first = concerned.first?.1, let reply = first.reply else { return nil }
    self.init(
      id: message.id, pattern: RefusalPattern(reply, naming: recipients + [mailbox.address]), outcome: first,
      domains: Set(concerned.map { $0.0.domain.lowercased() }))
  }
}

extension PoisonGuard.Suspect {
  /// A message with a fault of its own, as a rule has named it, says nothing about others: nor does one of whose recipients
  /// some were taken or put off.
  init(
    _ message: SpooledMessage, _ outcomes: [Outcome], _ settlement: Settlement, by mailbox: Mailbox, now: Date,
    logged: LoggedMessage? = nil
  ) {
    let isRefused = outcomes.allSatisfy { $0.kind == .failed && !$0.namesOwnFault }
    let refusal = isRefused ? MessageRefusal(of: message, outcomes, .failed, by: mailbox) : nil
    let isRecipients = refusal?.outcome.scope == .recipient
    self.init(
      message: logged ?? LoggedMessage(message), settlement: settlement, refusal: refusal,
      refused: isRecipients ? Set(message.envelope.recipients.map { $0.text.lowercased() }) : ["\(message.id)"],
      tally: AttemptTally(of: message, outcomes, now: now))
  }
}

extension Outcome {
  /// Refused for what the message is, as a known sentence or code says: its form, its size, a virus.
  var namesOwnFault: Bool { scope == .message && `class` == .message && !isVerdict }

  /// The same outcome, after another message showed that this one is meant itself.
  var givenUp: Outcome {
    guard kind == .unexplained else { return self }
    let who = scope == .recipient ? "recipient" : "message"
    return Outcome(
      .failed, class: `class`, scope: scope,
      summary: "\(summary) Other mail of this mailbox goes through, so the \(who) is meant.", remedy: remedy,
      words: words,
      reply: reply, in: phase)
  }

  /// A failure report that is refused like the mail before it has no fault of its own.
  func unexplained(now: Date) -> Outcome {
    guard kind == .failed else { return self }
    let fault = fault(since: now)
    return Outcome(
      .unexplained(fault), class: `class`, scope: scope, summary: summary, remedy: remedy, words: words, reply: reply,
      in: phase)
  }

  func fault(since: Date) -> Fault {
    Fault(class: `class` ?? .policy, since: since, summary: summary, remedy: remedy, upstream: words)
  }
}
