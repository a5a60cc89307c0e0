// What came of handing one message over.

package import Diagnosis
package import Foundation
import Mailboxes
import SMTP

package struct Transmission: Sendable {
  /// One for each recipient, in the envelope's order.
  package var outcomes: [Outcome]
  /// The end of the message was written, and nobody knows whether it was taken.
  package var isPerhapsSent = false
  /// When its last octet was written; `nil`: it was not, or nobody has noted when.
  package var writtenAt: Date?
  /// The provider has said something about the message.
  package var wasAnswered = false
  /// What ended it where no answer did. The session has ended with it, unless the error is only about the message
  /// (``TransportError/isAboutMessage``).
  package var ending: TransportError?
  /// The session ended over a message before this one: one setback, however many were under way. Where this one is not
  /// perhaps sent either, the provider cannot have it, and it may go over another session as if it had never been begun.
  package var isConsequence = false
  /// The session had carried messages before and was stale, or its sign-in was. That says nothing about the message or
  /// the mailbox: the message may go once more, over a new session.
  package var isStale = false

  package init(outcomes: [Outcome], ending: TransportError? = nil) {
    self.outcomes = outcomes
    self.ending = ending
  }

  /// Nothing is known of the message and the provider cannot have it: it may go once more, over another session.
  package var mayGoAgain: Bool { isStale || isConsequence && !isPerhapsSent }

  /// A message that was handed over to a session which ended before it was written.
  package static func notBegun(recipients: Int) -> Transmission {
    var transmission = Transmission(outcomes: Array(repeating: .forNextTransaction, count: recipients))
    transmission.isConsequence = true
    return transmission
  }

  /// A session that was kept open tells nothing about the message or the mailbox by having gone.
  package var saysNothingNew: Bool {
    if !wasAnswered, !isPerhapsSent, case .lost = ending { return true }
    // Signed in long ago, with a token that has run out since.
    return outcomes.allSatisfy { $0.kind == .broken && $0.fault?.class == .auth }
  }
}

extension Transmission {
  /// Places of the recipients of whom nobody knows whether they have the message.
  package var unknownPlaces: [Int] {
    isPerhapsSent ? outcomes.indices.filter { outcomes[$0].isUnanswered } : []
  }
}

extension Outcome {
  /// Of a message whose end was written. What stands for an answer to that and is none leaves it open as well.
  fileprivate var isUnanswered: Bool {
    if kind == .delivered || isForNextTransaction { return false }
    guard let reply else { return true }
    if phase == .post { return leavesPostOpen }
    let isRefused = kind == .failed || kind == .unexplained
    return phase == .body && !(isRefused && reply.code / 100 == 5)
  }

  /// What was said over HTTP to a whole message neither takes nor refuses it: a fault of the server, a status that is no
  /// answer to a message, or something else than the provider has answered.
  package var leavesPostOpen: Bool {
    guard phase == .post, let reply else { return false }
    return kind == .deferred && scope == .message || kind == .unreachable && !(400..<600).contains(reply.code)
  }

  /// The provider takes only so many recipients at once, or this one's turn has not come.
  package static let forNextTransaction = Outcome(
    .deferred(after: .zero), scope: .recipient, summary: "The recipient is for the next transaction.", words: "")

  package var isForNextTransaction: Bool { verdict == .deferred(after: .zero) && scope == .recipient }

  /// Nobody has been asked about this recipient.
  package var isUntouched: Bool { isForNextTransaction && reply == nil }
}
