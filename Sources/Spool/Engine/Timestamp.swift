// Wall time as the spool stores it.

package import FoundationEssentials

/// Whole milliseconds since 1970, so that a time in memory equals the same time read back from the storage.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// A time that somebody asks about may be any: what no clock can show is the nearest that one can.
  package init(_ date: Date) {
    let seconds = date.timeIntervalSince1970
    milliseconds = seconds.isNaN ? 0 : Int64((min(max(seconds, -Self.farthest), Self.farthest) * 1000).rounded())
  }

  /// In seconds, some 285,000 years: adding a span to it does not overflow either.
  private static let farthest = 9e12

  package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  package static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }
  package static func + (time: Timestamp, span: Duration) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + span.milliseconds)
  }
  package static func - (time: Timestamp, span: Duration) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds - span.milliseconds)
  }
  package static func - (time: Timestamp, earlier: Timestamp) -> Duration {
    .milliseconds(time.milliseconds - earlier.milliseconds)
  }
}

extension Duration {
  /// Rounded down.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
