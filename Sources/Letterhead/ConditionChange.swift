// What has changed about the mailboxes' conditions between two directories, for the log: whoever has changed it, a queue, a
// command or another process. Pure.

import Foundation
import Logging
import Logs
import Mailboxes

enum ConditionChange: Equatable {
  case raised(Fault, entity: String)
  case cleared(entity: String)
  case paused(until: Date, Fault, entity: String)
  case resumed(entity: String)

  /// In the order of the entities. A flag that stays up for another reason is raised anew, and a pause that lasts longer
  /// begins anew.
  static func all(from old: Directory, to new: Directory) -> [ConditionChange] {
    let keys = new.entities.map(\.key) + old.entities.map(\.key).filter { new.entity($0) == nil }
    return keys.flatMap { of($0, from: old.condition(of: $0), to: new.condition(of: $0)) }
  }

  private static func of(_ entity: String, from old: Condition, to new: Condition) -> [ConditionChange] {
    switch (old, new) {
    case (.broken(let before, _), .broken(let now, _)) where before.isSame(as: now): []
    case (.broken, .broken(let fault, _)), (.working, .broken(let fault, _)), (.paused, .broken(let fault, _)):
      [.raised(fault, entity: entity)]
    case (.broken, .working): [.cleared(entity: entity)]
    case (.broken, .paused(let until, let fault)):
      [.cleared(entity: entity), .paused(until: until, fault, entity: entity)]
    case (.paused(let before, _), .paused(let until, _)) where before == until: []
    case (.paused, .paused(let until, let fault)), (.working, .paused(let until, let fault)):
      [.paused(until: until, fault, entity: entity)]
    case (.paused, .working): [.resumed(entity: entity)]
    case (.working, .working): []
    }
  }
}

extension Fault {
  /// What is said of it may name a time, and changes then.
  fileprivate func isSame(as other: Fault) -> Bool { `class` == other.class && summary == other.summary }
}

extension Logger {
  func changes(from old: Directory, to new: Directory) {
    for change in ConditionChange.all(from: old, to: new) { tell(change) }
  }

  private func tell(_ change: ConditionChange) {
    switch change {
    case .raised(let fault, let entity): tell(.flagRaised, [.entity: entity] + fault.logged)
    case .cleared(let entity): tell(.flagCleared, [.entity: entity])
    case .paused(let until, let fault, let entity):
      tell(.paused, [.entity: entity, .until: LoggedFields.time(until.timeIntervalSince1970)] + fault.logged)
    case .resumed(let entity): tell(.resumed, [.entity: entity])
    }
  }
}

extension Fault {
  fileprivate var logged: LoggedFields {
    [
      .class: `class`.rawValue, .reply: upstream.isEmpty ? nil : upstream, .reason: summary,
      .remedy: remedy.isEmpty ? nil : remedy,
    ]
  }
}
