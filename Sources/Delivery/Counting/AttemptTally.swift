// What one attempt counts as, for monitoring. Pure.

import Diagnosis
import Foundation
import Mailboxes
import Message
import Platform
import Spool
import Transport

struct AttemptTally: Equatable, Sendable {
  var recipientsDelivered = 0
  /// How long after its acceptance the last recipient got the message; `nil`: not all have got it.
  var delay: Duration?
  /// Nobody waits any more, and somebody does not get it: the class of the fault.
  var failure: String?
  /// Somebody has to wait, because of the message or of the recipient: the class. What waits for its mailbox is not counted
  /// here; that is a pause or a flag.
  var deferral: String?

  /// - Parameter outcomes: of the recipients who were waiting still.
  init(of message: SpooledMessage, _ outcomes: [Outcome], now: Date) {
    recipientsDelivered = outcomes.count { $0.kind == .delivered }
    if recipientsDelivered == outcomes.count {
      delay = .seconds(now.timeIntervalSince(message.receivedAt))
    } else if let waiting = outcomes.first(where: { $0.kind != .delivered && $0.kind != .failed }) {
      deferral = waiting.isUntouched || [.paused, .broken].contains(waiting.kind) ? nil : waiting.countedClass
    } else {
      failure = outcomes.first { $0.kind == .failed }?.countedClass
    }
  }

  /// Of one that was looked for, and that its unanswered recipients have.
  init(foundIn message: ListedMessage, _ outcome: UnknownOutcome, now: Date) {
    recipientsDelivered = outcome.recipients.count
    if outcome.recipients.count >= message.envelope.recipients.count {
      delay = .seconds(now.timeIntervalSince(message.receivedAt))
    }
  }

  /// Of a message that is put off by the relay itself.
  init() {}
}

extension Outcome {
  fileprivate var countedClass: String { `class`?.rawValue ?? CounterLabel.other }
}
