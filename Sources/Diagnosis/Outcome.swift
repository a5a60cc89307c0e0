// What came of one attempt, for one recipient or for the whole mailbox, decided by what a reply means and not by its
// first digit. What a reply means stands in the rules of `ReplyTable`.

package import Foundation
package import Mailboxes
package import SMTP

/// What is to be done after an attempt.
package enum Verdict: Equatable, Sendable {
  case delivered
  /// Only this recipient or message waits. `after`: the provider's own wish, else the schedule decides.
  case deferred(after: Duration?)
  case failed
  /// Refused for good, and nothing says whether the recipient, the message or the mailbox is meant: an open question.
  case unexplained(Fault)
  /// The whole mailbox waits, and nothing is wrong with it.
  case paused(until: Date, Fault)
  /// The error flag. `probe`: one sign-in every 15 minutes may see whether the fault is gone.
  case broken(Fault, probe: Bool)
  /// The same, told with a temporary code: the mailbox waits for `wait`, and the flag goes up when that was met some times
  /// in a row.
  case recurring(Fault, probe: Bool, wait: Duration)
  /// The provider cannot be reached at the moment. No flag, unless that happens `flagAfter` times in a row.
  case unreachable(Fault, flagAfter: Int?)
}

/// What came of one attempt for one recipient.
package struct Outcome: Equatable, Sendable {
  package enum Kind: String, Sendable { case delivered, deferred, failed, unexplained, paused, broken, unreachable }

  package let verdict: Verdict
  /// `nil` when delivered.
  package let `class`: FaultClass?
  package let scope: Scope
  /// See ``Assessment/isVerdict``.
  package let isVerdict: Bool
  /// Our sentence about it; empty when delivered.
  package let summary: String
  package let remedy: String
  /// The provider's own words, fit to be shown: see `Redaction`.
  package let words: String
  /// The reply that it follows from, where there was one, and what that was said to.
  package let reply: Reply?
  package let phase: ConversationPhase?

  package init(
    _ verdict: Verdict, class: FaultClass? = nil, scope: Scope, isVerdict: Bool = false, summary: String,
    remedy: String = "", words: String, reply: Reply? = nil, in phase: ConversationPhase? = nil
  ) {
    self.verdict = verdict
    self.class = `class`
    self.scope = scope
    self.isVerdict = isVerdict
    self.summary = summary
    self.remedy = remedy
    self.words = words
    self.reply = reply
    self.phase = phase
  }

  /// What is shown where there is room for one of them: the provider's words, or our sentence where those are missing or a
  /// bare number.
  package var line: String {
    if summary.isEmpty || words.contains(where: \.isLetter) { return words }
    return words.isEmpty ? summary : "\(summary) (\(words))"
  }

  /// The same, with a remark behind its ``line``.
  package func noting(_ remark: String) -> Outcome {
    Outcome(
      verdict, class: `class`, scope: scope, isVerdict: isVerdict, summary: summary, remedy: remedy,
      words: "\(line) (\(remark))", reply: reply, in: phase)
  }

  package var kind: Kind {
    switch verdict {
    case .delivered: .delivered
    case .deferred: .deferred
    case .failed: .failed
    case .unexplained: .unexplained
    case .paused: .paused
    case .broken, .recurring: .broken
    case .unreachable: .unreachable
    }
  }

  /// Whether the outcome is about the mailbox, so that the next message would meet the same.
  package var stopsMailbox: Bool {
    switch verdict {
    case .delivered, .deferred, .failed, .unexplained: false
    case .paused, .broken, .recurring, .unreachable: true
    }
  }

  /// It is the recipient's own fault, now or for good (its mailbox is full, away, greylisted), and says nothing about
  /// the sender.
  package var isRecipientsOwn: Bool { scope == .recipient && (kind == .failed || kind == .deferred) }

  /// The provider wants fewer connections than there are.
  package func asksForFewerConnections(at mailbox: Mailbox) -> Bool {
    guard let reply else { return false }
    return Interpretation(Answer(reply, in: .greeting, from: mailbox)).assessment == Meaning.connectionsUsedUp
  }

  package var fault: Fault? {
    switch verdict {
    case .delivered, .deferred, .failed: nil
    case .unexplained(let fault), .paused(_, let fault), .broken(let fault, _), .recurring(let fault, _, _),
      .unreachable(let fault, _):
      fault
    }
  }
}

extension Outcome {
  /// The outcome of a provider's reply.
  package init(of reply: Reply, in phase: ConversationPhase, for mailbox: Mailbox, now: Date) {
    let words = Redaction.shown(reply)
    // Only what is said to the end of a message delivers it. A 2yz out of place, to a greeting, a sign-in or DATA, comes
    // from a server that has not seen a word of the message.
    if reply.code / 100 == 2, phase == .body {
      self.init(.delivered, scope: .message, summary: "", words: words, reply: reply, in: phase)
    } else {
      let finding = Interpretation(Answer(reply, in: phase, from: mailbox))
      self.init(finding.assessment, words: words, reply, in: phase, for: mailbox, now: now)
    }
  }

  /// The outcome of whatever else ended the conversation.
  package init(of error: TransportError, for mailbox: Mailbox, now: Date) {
    if case .answered(let reply, let phase) = error {
      self.init(of: reply, in: phase, for: mailbox, now: now)
    } else {
      let words = Redaction.shown(error.upstreamWords)
      self.init(error.assessment(for: mailbox), words: words, nil, for: mailbox, now: now)
    }
  }

  private init(
    _ assessment: Assessment, words: String, _ reply: Reply?, in phase: ConversationPhase? = nil, for mailbox: Mailbox,
    now: Date
  ) {
    let values = Placeholders(for: mailbox, about: assessment.class, now: now)
    let (summary, remedy) = (values.fill(assessment.summary), values.fill(assessment.remedy))
    let fault = Fault(class: assessment.class, since: now, summary: summary, remedy: remedy, upstream: words)
    let time = AnswerTime(reply, words, phase, of: mailbox, now: now)
    let verdict: Verdict =
      switch assessment.action {
      case .fail: .failed
      case .ask: .unexplained(fault)
      case .retry(let after): .deferred(after: after ?? time.statedWait)
      case .pause(let wait) where assessment == Meaning.connectionsUsedUp: .paused(until: time.after(wait), fault)
      case .pause(let wait): .paused(until: time.end(ofPause: wait), fault)
      case .hold(let probe): time.raised(fault, probe: probe)
      // A password that was refused must not be tried again: accounts get locked.
      case .refuse: time.raised(fault, probe: mailbox.signsInByToken)
      case .wait(let flagAfter): time.unreachable(fault, flagAfter: flagAfter)
      }
    self.init(
      verdict, class: assessment.class, scope: assessment.scope, isVerdict: assessment.isVerdict, summary: summary,
      remedy: remedy, words: words,
      reply: reply, in: phase)
  }
}
