// Whether an app sends the same again and again, as a loop or a failing job does. Pure: time is handed in.

package import FoundationEssentials
import Platform

/// Counts messages alike, and says when there are too many.
///
/// A storm begins with one message more than the app's number within ten minutes. It is over after ten minutes in which
/// there were never so many: an app that goes back to its usual pace is heard again by itself, though it never falls
/// silent.
package struct StormGuard: Sendable {
  package enum Weather: Sendable, Equatable {
    case calm
    /// To be held. `isNew`: the first message of this storm that is, so people are told now.
    case storm(isNew: Bool)
  }

  /// Kinds of messages of one app that are told apart at a time. The one seen last stays longest.
  package static let mostKinds = 1000
  private static let quiet: TimeInterval = 600

  private struct Observation {
    var counter = SlidingCounter(.tenMinutes)
    var lastSeen: Date
    /// When there were too many last.
    var lastExcess: Date?

    func isStorm(at now: Date) -> Bool { lastExcess.map { abs(now.timeIntervalSince($0)) < quiet } ?? false }
  }

  private var observations: [String: [MessageLikeness: Observation]] = [:]

  package init() {}

  /// Counts a message, held or not.
  ///
  /// - Parameter limit: `storm_guard` of the app.
  package mutating func watch(_ message: MessageLikeness, of app: String, limit: Int, at now: Date) -> Weather {
    var observation = observations[app]?[message] ?? Observation(lastSeen: now)
    let wasStorm = observation.isStorm(at: now)
    observation.counter.pass(to: now)
    observation.counter.add(1, at: now)
    observation.lastSeen = now
    if observation.counter.total > limit { observation.lastExcess = now }
    makeRoom(for: message, of: app)
    observations[app, default: [:]][message] = observation
    return observation.isStorm(at: now) ? .storm(isNew: !wasStorm) : .calm
  }

  /// Forgets the other apps.
  package mutating func keep(only apps: Set<String>) { observations = observations.filter { apps.contains($0.key) } }

  /// Half of all at once: to look for the oldest at each message would cost too much.
  private mutating func makeRoom(for message: MessageLikeness, of app: String) {
    guard let known = observations[app], known.count >= Self.mostKinds, known[message] == nil else { return }
    let newest = known.sorted { $0.value.lastSeen > $1.value.lastSeen }.prefix(Self.mostKinds / 2)
    observations[app] = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
  }
}

extension App {
  /// Why a message is held in a storm. Without a full stop.
  package var stormSentence: String {
    "\(name) sent more than \("message".counted(stormGuard ?? 0)) alike in ten minutes (sender and subject, numbers aside)"
  }
}
