// Times in a bounded number of buckets: 64 for each doubling, so a quantile is off by less than 2 %.

struct Histogram: Sendable {
  private static let subBits = 6
  private static let subCount = 1 << subBits
  /// Up to 2^41 ns, 36 minutes; what is longer counts as that.
  private static let doublings = 36

  private var buckets = [UInt32](repeating: 0, count: Histogram.doublings * Histogram.subCount)
  private(set) var count = 0
  private(set) var maximum: UInt64 = 0

  mutating func add(_ nanoseconds: UInt64) {
    buckets[Self.index(of: nanoseconds)] += 1
    count += 1
    maximum = max(maximum, nanoseconds)
  }

  /// In milliseconds: `quantile(0.99)` is what 99 % stayed under. 0 when nothing was measured.
  func quantile(_ share: Double) -> Double {
    var left = Int((Double(count) * share).rounded(.up))
    for (index, bucket) in buckets.enumerated() where bucket > 0 {
      left -= Int(bucket)
      if left <= 0 { return Double(min(Self.upperEnd(of: index), maximum)) / 1e6 }
    }
    return Double(maximum) / 1e6
  }

  private static func index(of value: UInt64) -> Int {
    guard value >= UInt64(subCount) else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - subBits
    let index = (shift + 1) * subCount + Int(value >> UInt64(shift)) - subCount
    return min(index, doublings * subCount - 1)
  }

  private static func upperEnd(of index: Int) -> UInt64 {
    guard index >= subCount else { return UInt64(index) }
    let shift = UInt64(index / subCount - 1)
    return (UInt64(index % subCount + subCount + 1) << shift) - 1
  }
}
