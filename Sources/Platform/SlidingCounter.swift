// How much there was of something in the last minutes, or in the last day. Pure: time is handed in.

package import FoundationEssentials

/// Counts by buckets of time: few of them, however much is counted. A bucket counts until its last moment is out of the
/// window, so the counter errs on the side of having counted too much.
package struct SlidingCounter: Codable, Equatable, Sendable {
  /// Stored records hold the names.
  package enum Span: String, Codable, Sendable {
    /// A provider's. It is a little longer than ours: messages do not all travel equally long.
    case minute
    case ownMinute, tenMinutes, day

    /// In seconds.
    var length: Int {
      switch self {
      case .minute: 61
      case .ownMinute: 60
      case .tenMinutes: 600
      case .day: 24 * 3600
      }
    }
    /// Of one bucket, in seconds.
    var grain: Int {
      switch self {
      case .minute, .ownMinute: 1
      case .tenMinutes: 15
      case .day: 900
      }
    }
  }

  package let span: Span
  /// By the number of the bucket since 1970.
  private var counts: [Int: Int] = [:]

  package init(_ span: Span) { self.span = span }

  package var total: Int { counts.values.reduce(0, +) }

  /// What a damaged record might hold is none.
  package var isSane: Bool { counts.count < 10_000 && counts.values.allSatisfy { (1...1_000_000_000).contains($0) } }

  package mutating func add(_ count: Int, at time: Date) {
    counts[bucket(of: time), default: 0] += count
  }

  /// Takes back what was added at `time`, if that still counts.
  package mutating func remove(_ count: Int, at time: Date) {
    let bucket = bucket(of: time)
    guard let counted = counts[bucket] else { return }
    counts[bucket] = counted > count ? counted - count : nil
  }

  /// Forgets what is out of the window. What lies ahead was counted before the clock was set back: it counts as of now.
  package mutating func pass(to now: Date) {
    let present = bucket(of: now)
    for (bucket, count) in counts where end(of: bucket) <= now || bucket > present {
      counts[bucket] = nil
      if bucket > present { counts[present, default: 0] += count }
    }
  }

  /// When `count` more are within `limit`; `nil`: now. What is more than the limit by itself has to itself all there is.
  package func opening(for count: Int, within limit: Int) -> Date? {
    var excess = total + min(count, limit) - limit
    guard excess > 0 else { return nil }
    for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) {
      excess -= count
      if excess <= 0 { return end(of: bucket) }
    }
    return nil
  }

  private func bucket(of time: Date) -> Int { Int((time.timeIntervalSince1970 / Double(span.grain)).rounded(.down)) }

  /// From here on the bucket does not count.
  private func end(of bucket: Int) -> Date {
    Date(timeIntervalSince1970: Double((bucket + 1) * span.grain + span.length))
  }
}
