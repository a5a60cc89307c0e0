// Which changes of flags are to be told now. A value: it is given the present flags and the time, and answers with the
// changes that are due.

import Mailboxes

/// One change of an entity's error flag.
struct FlagChange: Sendable, Equatable {
  let entity: String
  let event: Alert.Event
  /// The flag; of one that came down, the flag as it was.
  let fault: Fault
}

struct FlagLedger {
  /// An entity's flag is told at most once in this time: as it is then, and only if it differs from what was told.
  static let quiet = Duration.seconds(60)

  /// The flags that people were told of, by entity key.
  private(set) var told: [String: Fault]
  private var present: [String: Fault] = [:]
  private var lastTold: [String: ContinuousClock.Instant] = [:]

  /// - Parameter told: as the store kept it over a restart.
  init(told: [String: Fault]) {
    self.told = told
  }

  mutating func see(_ directory: Directory) {
    present = directory.conditions.compactMapValues { condition in
      if case .broken(let fault, _) = condition { fault } else { nil }
    }
  }

  /// In the order of the entities' keys.
  func due(at now: ContinuousClock.Instant) -> [FlagChange] {
    changes.filter { isQuietOver(for: $0.entity, at: now) }
  }

  /// When the first of the changes that are not due yet will be; `nil` when there is none.
  func nextDue(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    changes.filter { !isQuietOver(for: $0.entity, at: now) }.compactMap { lastTold[$0.entity] }.min().map {
      $0 + Self.quiet
    }
  }

  /// To be called when `change` was told.
  ///
  /// - Returns: the flag that people know of now; `nil` when it is down.
  mutating func tell(_ change: FlagChange, at now: ContinuousClock.Instant) -> Fault? {
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

  private func isQuietOver(for entity: String, at now: ContinuousClock.Instant) -> Bool {
    lastTold[entity].map { $0 + Self.quiet <= now } ?? true
  }
}
