// Why copies are not filed, in sentences for the status.

import Delivery
import Foundation
import Status

extension EntityStatus.Warning {
  /// Copies are given up after a day.
  static func sentCopies(_ trouble: SentCopyTrouble, of entity: String) -> Self {
    let words = trouble.words.isEmpty ? "" : " The server said: \(trouble.words)"
    return Self(
      summary: "\(trouble.cause.sentence) Mail goes out; its copies are not filed in the mailbox.\(words)",
      remedy: "\(trouble.cause.remedy(of: entity)) Copies that are due for more than a day are given up.",
      expires: trouble.since + 24 * 3600)
  }
}

extension SentCopyTrouble.Cause {
  fileprivate var sentence: String {
    switch self {
    case .notPermitted: "The sign-in may not put copies into the mailbox."
    case .unreachable: "The mailbox cannot be reached by IMAP."
    case .noFolder: "The mailbox has no folder of sent messages, and none could be made."
    case .full: "The mailbox is full."
    case .refused: "The server does not take copies of what is sent."
    }
  }

  fileprivate func remedy(of entity: String) -> String {
    let none = "or write sent_copy = \"none\" in [entity.\(entity)] and reload."
    return switch self {
    case .notPermitted: "Let the sign-in use IMAP, \(none)"
    case .unreachable: "Look at imap in [entity.\(entity)], \(none)"
    case .noFolder: "Name it by sent_folder in [entity.\(entity)] and reload, \(none)"
    case .full: "Make room in the mailbox."
    case .refused: "Ask the provider why, \(none)"
    }
  }
}
