// When messages fail because they have waited too long. Their age is told by the wall clock. That may be set, and the host
// may have slept or been off: then all that waits is old at once, although nobody has tried it meanwhile.

import Foundation
import Spool

/// Pure: the time is handed in.
struct AgeLimit {
  let maximumAge: Duration
  private var lastLook: Date?
  private var graceEnds = Date.distantPast

  /// Further apart than this, two looks were not made by one relay that ran, on one clock that went.
  static let longestGap = Duration.seconds(600)

  init(_ maximumAge: Duration) { self.maximumAge = maximumAge }

  /// To be asked every few minutes.
  ///
  /// - Returns: whether what is older than `maximumAge` fails now. Not at first, nor after the clock was set or the host
  ///   slept, before every message that waits has been due once more.
  mutating func isInForce(at now: Date) -> Bool {
    let isSteady = lastLook.map { abs(now.timeIntervalSince($0)) <= Self.longestGap / .seconds(1) } ?? false
    if !isSteady { graceEnds = now + min(Schedule.longestWait, maximumAge) }
    lastLook = now
    return now >= graceEnds
  }
}
