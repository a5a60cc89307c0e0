// When a deferred message is tried again. Pure.

package import FoundationEssentials

/// 20 s, 1 min, 3 min, 9 min, 27 min, then hourly; each a fifth shorter or longer, the first within a minute and none
/// after more than an hour.
package struct Schedule: Sendable {
  /// A due time further ahead than this was written by a clock that has been set back since: it counts as due.
  package static let longestWait: TimeInterval = 2 * 60 * 60

  package init() {}

  /// Seconds to wait after attempt number `attempt` (1 is the first).
  ///
  /// - Parameter jitter: from -1 to 1; which end of the fifth.
  package func delay(afterAttempt attempt: Int, jitter: Double) -> TimeInterval {
    let steps = min(max(attempt, 1), 6) - 1
    let base = (0..<steps).reduce(20.0) { seconds, _ in seconds * 3 }
    return min(min(base, 3600) * (1 + 0.2 * jitter), 3600)
  }

  /// When attempt number `attempt + 1` is due, with jitter of its own.
  package func nextAttempt(after attempt: Int, now: Date) -> Date {
    now.addingTimeInterval(delay(afterAttempt: attempt, jitter: .random(in: -1...1)))
  }
}
