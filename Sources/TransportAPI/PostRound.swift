// One message on its way through as many POSTs as it takes until each recipient has its outcome. Pure.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Transport

/// What came of one POST: the same for all its recipients.
struct PostResult {
  private(set) var outcome: Outcome
  var ending: TransportError?
  /// When the message's last octets were handed over; `nil`: they were not.
  var writtenAt: Date?
  /// The whole message had been written, and nobody knows whether it was taken.
  let isPerhapsSent: Bool

  /// There was an answer.
  ///
  /// - Parameter isWhole: the whole message had been written by then.
  init(_ outcome: Outcome, isWhole: Bool) {
    self.outcome = outcome
    isPerhapsSent = isWhole && outcome.leavesPostOpen
  }

  /// - Parameter name: the provider's own for the message, or empty.
  init(acceptedAs name: String, by status: Int, isReduced: Bool) {
    let reply = Reply(status, nil, name.isEmpty ? "accepted" : "accepted, id=\(Redaction.shown(name))")
    let words = Redaction.shown(reply) + (isReduced ? "; addresses shown were reduced" : "")
    outcome = Outcome(.delivered, scope: .message, summary: "", words: words, reply: reply, in: .post)
    isPerhapsSent = false
  }

  init(_ error: TransportError, at mailbox: Mailbox, _ now: Date) {
    outcome = Outcome(of: error, for: mailbox, now: now)
    ending = error
    isPerhapsSent = if case .lost(_, _, bodySent: true) = error { true } else { false }
  }

  /// The same, with a remark behind the provider's words; without one where there is none.
  func noting(_ remark: String?) -> PostResult {
    guard let remark else { return self }
    var result = self
    result.outcome = outcome.noting(remark)
    return result
  }
}

struct PostRound {
  private let recipients: [Address]
  /// Places of those that have no outcome yet.
  private var open: [Int]
  private(set) var transmission: Transmission

  init(_ recipients: [Address]) {
    self.recipients = recipients
    open = Array(recipients.indices)
    transmission = Transmission(outcomes: Array(repeating: .forNextTransaction, count: recipients.count))
  }

  var rest: [Address] { open.map { recipients[$0] } }
  var isOver: Bool { open.isEmpty }

  /// Where recipients were refused and some of them are named, the others are to be tried without them; all have the
  /// refusal until then.
  mutating func take(_ result: PostResult) {
    for place in open { transmission.outcomes[place] = result.outcome }
    transmission.wasAnswered = transmission.wasAnswered || result.ending == nil
    transmission.isPerhapsSent = transmission.isPerhapsSent || result.isPerhapsSent
    transmission.writtenAt = result.writtenAt ?? transmission.writtenAt
    transmission.ending = result.ending
    let named = named(in: result.outcome)
    open = named.isEmpty ? [] : open.filter { !named.contains($0) }
  }

  private func named(in outcome: Outcome) -> Set<Int> {
    guard outcome.kind == .failed, outcome.scope == .recipient, let reply = outcome.reply else { return [] }
    let words = reply.lines.joined(separator: " ").lowercased()
    return Set(open.filter { words.contains(recipients[$0].text.lowercased()) })
  }
}
