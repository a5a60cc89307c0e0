// What people are told of a message whose outcome is unknown: who finds out, when, and what they can do.

import Foundation
import Mailboxes
import Platform
import Spool

/// Of one message, as its entity is configured now.
struct Doubt {
  let message: ListedMessage
  let rule: UnknownOutcomeRule

  /// - Returns: `nil` for a message of which it is known what its provider made of it.
  init?(about message: ListedMessage, in directory: Directory) {
    guard message.state == .unknown else { return nil }
    self.message = message
    rule = directory.entity(message.entity)?.unknownOutcome ?? .retry
  }

  /// What has to happen before anything is sent, behind "when". `nil`: its turn comes, as that of all others.
  ///
  /// - Parameter state: of its entity. What keeps all its mail keeps looks as well.
  func event(in state: Directory.State) -> String? {
    switch rule {
    case .retry: nil
    case .hold: "you have decided whether it has arrived"
    case .check where [.disconnected, .error].contains(state): nil
    case .check: "Sent has been looked into; the \(look) look is at \(message.due.formatted(.iso8601))"
    }
  }

  private var look: String { message.unknown?.finding.isEmpty == false ? "next" : "first" }

  /// Why it waits, for people. `nil`: nobody has to do anything.
  var sentence: String? {
    switch rule {
    case .retry: return nil
    case .check:
      guard let finding = message.unknown?.finding, !finding.isEmpty else { return nil }
      return "\(finding.harmless())."
    case .hold: return Self.question(about: message.id.rawValue)
    }
  }

  static func question(about id: Int64) -> String {
    "Perhaps it has arrived. If so, run: letterhead queue resolve \(id) delivered. To send it once more: "
      + "letterhead queue resolve \(id) retry"
  }
}
