// Wall-clock time that passes only when a test says so.

package import Foundation
internal import Synchronization

/// A clock to hand in where code asks for `now`.
package final class ManualClock: Sendable {
  private let time: Mutex<Date>

  /// Starts on 2026-11-22 08:00:00 UTC, a Sunday.
  package init(_ start: Date = Date(timeIntervalSince1970: 1_795_334_400)) { time = Mutex(start) }

  package var now: Date { time.withLock { $0 } }

  package func advance(by duration: Duration) {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    time.withLock { $0 += seconds }
  }
}
