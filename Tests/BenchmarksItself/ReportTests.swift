// From figures to tables.

import Support
import Testing

@testable import letterhead_bench

struct ReportTests {
  @Test(arguments: [1, 63, 64, 65, 1_000, 123_456, 98_765_432, 60_000_000_000] as [UInt64])
  func `a time comes out of the histogram less than 2 percent off`(nanoseconds: UInt64) {
    var histogram = Histogram()
    for _ in 0..<10 { histogram.add(nanoseconds) }
    // Above all others, so that the longest one does not stand in for the bucket.
    histogram.add(nanoseconds * 10)
    let found = histogram.quantile(0.5) * 1e6
    #expect(abs(found - Double(nanoseconds)) <= 0.02 * Double(nanoseconds))
    #expect(histogram.quantile(1) * 1e6 == Double(nanoseconds * 10))
  }

  @Test func `p99 is what one in a hundred exceeds`() {
    var histogram = Histogram()
    for milliseconds in 1...1000 { histogram.add(UInt64(milliseconds) * 1_000_000) }
    #expect(abs(histogram.quantile(0.99) - 990) < 20)
  }

  private static var report: Report {
    let machine = Machine(
      date: "2026-11-26", processor: "P", cores: 2, memoryGiB: 8, kernel: "6", system: "D", fileSystem: "ext4",
      commit: "c", postfix: "3.7")
    var report = Report(machine: machine, isQuick: false)
    for value in [900.0, 1000, 1400] { report.add(value, .messages, in: "s", row: "r", of: "Letterhead") }
    report.add(100, .messages, in: "s", row: "r", of: "Postfix")
    report.add(200, .messages, in: "s", row: "r", of: "Postfix, tuned")
    report.add(2, .mailTail, in: "s", row: "r", of: "Letterhead")
    report.add(3, .mailTail, in: "s", row: "r", of: "Postfix, tuned")
    report.add(9, .mailTail, in: "s", row: "r", of: "Postfix")
    return report
  }

  @Test func `medians stand beside their range, and the ratio is to the rival that did best`() {
    let text = Self.report.markdown()
    #expect(text.contains("| s | Letterhead | Postfix | Postfix, tuned | times better |"))
    #expect(text.contains("| r | 1000 (900–1400) | 100 | 200 | 5.0× |"))
  }

  @Test func `where less is better the ratio says how many times less`() {
    #expect(Self.report.markdown().contains("| r | 2.00 | 9.00 | 3.00 | 1.5× |"))
  }
}
