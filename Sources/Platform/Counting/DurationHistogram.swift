// How long something took, counted by spans. To count is two atomic additions.

import Synchronization

package final class DurationHistogram: Sendable {
  /// All of one moment.
  package struct Reading: Equatable, Sendable {
    /// How many took at most so many seconds, the shorter ones included.
    package var buckets: [Bucket]
    package var count: Int
    /// Of all, in seconds.
    package var sum: Double

    package struct Bucket: Equatable, Sendable {
      package var seconds: Double
      package var count: Int
    }
  }

  private let bounds: [Double]
  /// One for each bound, and one for what took longer than the last.
  private let counts: [EventCounter]
  private let nanoseconds = Atomic<Int64>(0)

  /// - Parameter bounds: in seconds, the shortest first.
  package init(bounds: [Double]) {
    self.bounds = bounds
    counts = (0...bounds.count).map { _ in EventCounter() }
  }

  /// - Parameter span: a negative one, after the clock was set back, counts as none.
  package func note(_ span: Duration) {
    let seconds = max(span / .seconds(1), 0)
    nanoseconds.wrappingAdd(Int64(min(seconds * 1e9, 1e17)), ordering: .relaxed)
    counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count].add()
  }

  /// The count is that of the buckets, so that the two never differ, whatever is counted meanwhile.
  package var reading: Reading {
    var count = 0
    let cumulative = counts.map { counter in
      count += counter.value
      return count
    }
    return Reading(
      buckets: zip(bounds, cumulative).map { Reading.Bucket(seconds: $0, count: $1) }, count: count,
      sum: Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
  }
}
