// Which changes of flags are to be told now. A value: it is given the present flags and the time, and answers with the
// changes that are due.

import Mailboxes
import Status

/// What is told when it comes, when it says something else, and when it goes: an entity's error flag, a problem of the
/// relay.
protocol Tellable: Sendable {
  /// Nobody needs to be told that `newer` has taken its place.
  func saysTheSame(as newer: Self) -> Bool
}

extension Fault: Tellable {
  func saysTheSame(as newer: Fault) -> Bool { summary == newer.summary }
}

extension RelayProblem: Tellable {
  /// Other figures are no news.
  func saysTheSame(as newer: RelayProblem) -> Bool {
    summary.filter { !$0.isNumber } == newer.summary.filter { !$0.isNumber }
  }
}

/// One change of a flag.
struct FlagChange<Told: Tellable>: Sendable {
  /// The entity; of a problem, its class.
  let key: String
  let event: Alert.Event
  /// The flag; of one that came down, the flag as it was.
  let flag: Told
}

struct FlagLedger<Told: Tellable> {
  /// A flag is told at most once in this time: as it is then, and only if it differs from what was told.
  static var quiet: Duration { .seconds(60) }

  /// The flags that people were told of.
  private(set) var told: [String: Told]
  private var present: [String: Told] = [:]
  private var lastTold: [String: ContinuousClock.Instant] = [:]

  /// - Parameter told: as the store kept it over a restart.
  init(told: [String: Told]) {
    self.told = told
  }

  /// - Parameter flags: those that are up now.
  mutating func see(_ flags: [String: Told]) { present = flags }

  /// In the order of the keys.
  func due(at now: ContinuousClock.Instant) -> [FlagChange<Told>] {
    changes.filter { isQuietOver(for: $0.key, at: now) }
  }

  /// When the first of the changes that are not due yet will be; `nil` when there is none.
  func nextDue(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    changes.filter { !isQuietOver(for: $0.key, at: now) }.compactMap { lastTold[$0.key] }.min().map {
      $0 + Self.quiet
    }
  }

  /// To be called when `change` was told.
  ///
  /// - Returns: the flag that people know of now; `nil` when it is down.
  mutating func tell(_ change: FlagChange<Told>, at now: ContinuousClock.Instant) -> Told? {
    told[change.key] = change.event == .cleared ? nil : change.flag
    lastTold[change.key] = now
    return told[change.key]
  }

  private var changes: [FlagChange<Told>] {
    Set(told.keys).union(present.keys).sorted().compactMap { key in
      switch (told[key], present[key]) {
      case (nil, let flag?): FlagChange(key: key, event: .raised, flag: flag)
      case (let flag?, nil): FlagChange(key: key, event: .cleared, flag: flag)
      case (let old?, let new?) where !old.saysTheSame(as: new): FlagChange(key: key, event: .changed, flag: new)
      default: nil
      }
    }
  }

  private func isQuietOver(for key: String, at now: ContinuousClock.Instant) -> Bool {
    lastTold[key].map { $0 + Self.quiet <= now } ?? true
  }
}

extension Directory {
  /// The error flags that are up, by entity.
  var flags: [String: Fault] {
    conditions.compactMapValues { condition in
      if case .broken(let fault, _) = condition { fault } else { nil }
    }
  }
}

extension [RelayProblem] {
  var byClass: [String: RelayProblem] {
    reduce(into: [:]) { $0[$1.class.rawValue] = $1 }
  }
}
