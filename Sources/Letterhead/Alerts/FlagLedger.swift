// Which changes of flags are to be told now. A value: it is shown the present, asked what is due, and told what was said.

import Mailboxes

/// One change of an entity's flag.
struct FlagChange: Sendable, Equatable {
  let entity: String
  let event: Alert.Event
  /// The flag; of one that came down, what it said.
  let fault: Fault
}

struct FlagLedger {
  typealias Instant = ContinuousClock.Instant

  /// An entity whose flag flaps is told of once in so long: as it is then, and only if that differs from what was told.
  static let quiet = Duration.seconds(60)

  /// What people know, by entity key.
  private(set) var told: [String: Fault]
  private var present: [String: Fault] = [:]
  private var lastTold: [String: Instant] = [:]

  /// - Parameter told: as it was kept over the restart.
  init(told: [String: Fault]) {
    self.told = told
  }

  mutating func see(_ directory: Directory) {
    present = directory.conditions.compactMapValues { condition in
      if case .broken(let fault, _) = condition { fault } else { nil }
    }
  }

  /// In the order of the entities' keys.
  func due(at now: Instant) -> [FlagChange] {
    changes.filter { isQuietOver(for: $0.entity, at: now) }
  }

  /// When a change that has to keep quiet now will be due; `nil` when none has to.
  func nextDue(after now: Instant) -> Instant? {
    changes.filter { !isQuietOver(for: $0.entity, at: now) }.compactMap { lastTold[$0.entity] }.min().map {
      $0 + Self.quiet
    }
  }

  /// - Returns: what people know of the entity from now on: `nil`, that its flag is down.
  mutating func tell(_ change: FlagChange, at now: Instant) -> Fault? {
    told[change.entity] = change.event == .cleared ? nil : change.fault
    lastTold[change.entity] = now
    return told[change.entity]
  }

  private var changes: [FlagChange] {
    Set(told.keys).union(present.keys).sorted().compactMap { entity in
      switch (told[entity], present[entity]) {
      case (nil, let fault?): FlagChange(entity: entity, event: .raised, fault: fault)
      case (let fault?, nil): FlagChange(entity: entity, event: .cleared, fault: fault)
      case (let old?, let new?) where old.summary != new.summary:
        FlagChange(entity: entity, event: .changed, fault: new)
      default: nil
      }
    }
  }

  private func isQuietOver(for entity: String, at now: Instant) -> Bool {
    lastTold[entity].map { $0 + Self.quiet <= now } ?? true
  }
}
