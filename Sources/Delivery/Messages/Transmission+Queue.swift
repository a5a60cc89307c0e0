// What one transmission says about the mailbox.

import Diagnosis
import Transport

extension Transmission {
  /// `nil`: a refusal that nothing explains says nothing yet.
  var event: QueueEvent? {
    if let outcome = outcomes.first(where: \.stopsMailbox) { return .mailboxRefused(outcome) }
    if outcomes.allSatisfy({ $0.kind == .unexplained }) { return nil }
    return isSetback ? .setback : .messageJudged
  }

  private var isSetback: Bool {
    ending.map { !$0.isAboutMessage } ?? false || outcomes.allSatisfy { $0.kind == .deferred && $0.scope == .message }
  }
}

extension TransportError {
  /// The session is none the worse for it.
  fileprivate var isAboutMessage: Bool {
    switch self {
    case .tooLarge, .unfitMessage, .needsSMTPUTF8: true
    default: false
    }
  }
}
