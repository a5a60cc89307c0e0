// When a message is tried next, with everything taken into account that keeps it: a person's hold, the mailbox's flag or
// pause, a limit on the rate, its own back-off. Pure.

import Foundation
import Mailboxes
import Spool

enum NextAttempt: Equatable {
  /// It is being sent, or is about to be.
  case underWay
  /// Never in the past.
  case at(Date)
  /// When something has happened, which completes "when …".
  case when(String)

  /// - Parameters:
  ///   - outlook: of the entity's queue; `nil` where none runs.
  /// - Returns: `nil` for a message that is not tried again by itself.
  init?(of message: ListedMessage, in directory: Directory, _ outlook: SendingOutlook?, at now: Date) {
    let entity = message.entity
    if !message.state.isQueued { return nil }
    if SpoolKey.isPending(entity) {
      self = .when("its sender is approved")
    } else if message.state == .held {
      self = .when("it is released")
    } else if directory.hold(of: entity) != nil {
      self = .when("\(entity) is released")
    } else if let event = Doubt(about: message, in: directory)?.event(in: directory.state(of: entity, at: now)) {
      self = .when(event)
    } else if !SpoolKey.isEntity(entity) {
      self = .at(max(now, message.due))
    } else {
      self.init(of: message, directory.state(of: entity, at: now), directory.condition(of: entity), outlook, now)
    }
  }

  private init(
    of message: ListedMessage, _ state: Directory.State, _ condition: Condition, _ outlook: SendingOutlook?, _ now: Date
  ) {
    switch (state, outlook) {
    case (.disconnected, _): self = .when("a mailbox is connected")
    case (.error, .nextLook(let time?)):
      self = .when("the error flag is cleared; the relay looks at the mailbox again at \(time.formatted(.iso8601))")
    case (.error, _): self = .when("the error flag is cleared")
    case (_, .open) where message.isLeased: self = .underWay
    case (_, .open), (_, nil): self = .at(max(now, message.due, condition.end ?? now))
    // What has been reserved waits in memory, and its own due time is only the end of that.
    case (_, .notBefore(let time)), (_, .nextLook(let time?)):
      self = .at(max(now, time, condition.end ?? now, message.isLeased ? now : message.due))
    case (_, .nextLook(nil)): self = .when("the mailbox works again")
    }
  }

  var date: Date? { if case .at(let date) = self { date } else { nil } }

  /// As people read it behind "next attempt".
  func words(at now: Date) -> String {
    switch self {
    case .underWay: "under way"
    case .at(let date): date <= now ? "now" : "at \(date.formatted(.iso8601))"
    case .when(let event): "when \(event)"
    }
  }
}

extension Condition {
  /// Of a pause.
  fileprivate var end: Date? { if case .paused(let until, _) = self { until } else { nil } }
}
