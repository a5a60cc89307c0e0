// When a deferred message is tried again. Pure.

/// 20 s, 1 min, 3 min, 9 min, 27 min, then hourly; each a fifth shorter or longer, the first within a minute and none
/// after more than an hour.
package struct Schedule: Sendable {
  /// A due time further ahead than this was written by a clock that has been set back since: it counts as due.
  package static let longestWait = Duration.seconds(2 * 60 * 60)
  /// How far ahead a due time may be set, so that it is not taken for one of those.
  static let latestDue = longestWait - .seconds(60)

  package init() {}

  package static func isDue(_ due: Timestamp, at now: Timestamp) -> Bool { due <= now || due > now + longestWait }

  /// How long to wait after attempt number `attempt` (1 is the first).
  ///
  /// - Parameter jitter: from -1 to 1; which end of the fifth.
  package func delay(afterAttempt attempt: Int, jitter: Double) -> Duration {
    let steps = min(max(attempt, 1), 6) - 1
    let base = (0..<steps).reduce(20.0) { seconds, _ in seconds * 3 }
    return .seconds(min(min(base, 3600) * (1 + 0.2 * jitter), 3600))
  }

  /// How long a lease lasts. Without jitter: what a crash leaves behind is tried again in the order in which it was leased.
  ///
  /// - Parameter step: `MessageRecord.leaseStep`.
  func leaseDuration(step: Int) -> Duration { delay(afterAttempt: step, jitter: 0) }
}
