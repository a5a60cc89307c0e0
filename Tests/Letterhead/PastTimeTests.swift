// How people name a time in the past.

import Foundation
import Testing

@testable import Letterhead

@Suite struct PastTimeTests {
  /// Central Europe's summer of 2026 ends on 25 October at 01:00 universal time.
  private static func rome(_ moment: Date) -> Int { moment < utc("2026-10-25T01:00:00Z") ? 7200 : 3600 }
  private static let now = utc("2026-10-26T14:05:30Z")

  private static func utc(_ text: String) -> Date { (try? Date(text, strategy: .iso8601)) ?? .distantPast }

  @Test(
    arguments: [
      ("12h", "2026-10-26T02:05:30Z"), ("2d", "2026-10-24T14:05:30Z"),
      ("today", "2026-10-25T23:00:00Z"), ("yesterday", "2026-10-24T22:00:00Z"),
      ("2026-10-26", "2026-10-25T23:00:00Z"), ("2026-10-25", "2026-10-24T22:00:00Z"),
      ("2026-10-26 09:30", "2026-10-26T08:30:00Z"), ("2026-10-24T09:30", "2026-10-24T07:30:00Z"),
      ("2026-10-24T09:30:15Z", "2026-10-24T09:30:15Z"),
    ] as [(String, String)])
  func `a time is an age, a day, or a day and a time of the clock where the host is`(text: String, moment: String) {
    #expect(PastTime.moment(text, before: Self.now, in: Self.rome) == Self.utc(moment))
  }

  @Test func `shortly after midnight today has begun, and yesterday is the day before`() {
    let now = Self.utc("2026-11-29T23:01:00Z")
    #expect(PastTime.moment("today", before: now, in: Self.rome) == Self.utc("2026-11-29T23:00:00Z"))
    #expect(PastTime.moment("yesterday", before: now, in: Self.rome) == Self.utc("2026-11-28T23:00:00Z"))
  }

  @Test(arguments: [
    "", "tomorrow", "Today", "2026-02-30", "2026-13-01", "2026-11-30 25:00", "2026-11-30 14", "2026-11-30 14:05 CET",
    "2026-11-30 14:05:", "30.11.2026", "2026-11-3", "-1d", "2026-11-30  14:05",
  ])
  func `what is no time is refused`(text: String) {
    #expect(PastTime.moment(text, before: Self.now, in: Self.rome) == nil)
  }

  @Test func `the host's zone is one of the world's`() {
    #expect((-12 * 3600...14 * 3600).contains(PastTime.hostZone(Self.now)))
  }
}
