import FoundationEssentials
import Testing

@testable import Spool

@Suite struct ScheduleTests {
  @Test(arguments: [
    (1, 20.0), (2, 60), (3, 180), (4, 540), (5, 1620),
    (6, 3600),  // 81 minutes, cut to an hour
    (7, 3600), (100, 3600),
    (0, 20),  // never asked, but no reason to crash
  ])
  func `the wait triples from twenty seconds to an hour`(attempt: Int, seconds: Double) {
    #expect(Schedule().delay(afterAttempt: attempt, jitter: 0) == .seconds(seconds))
  }

  @Test(arguments: [(1, 16.0, 24.0), (3, 144, 216), (9, 2880, 3600)])
  func `each wait is up to a fifth shorter or longer, and none over an hour`(
    attempt: Int, shortest: Double, longest: Double
  ) {
    #expect(abs(Schedule().delay(afterAttempt: attempt, jitter: -1) / .seconds(1) - shortest) < 0.001)
    #expect(abs(Schedule().delay(afterAttempt: attempt, jitter: 1) / .seconds(1) - longest) < 0.001)
  }

  @Test func `no due time that the schedule sets looks as if the clock had been set back`() {
    let now = Timestamp(milliseconds: 1_800_000_000_000)
    for attempt in 1...10 {
      #expect(!Schedule.isDue(now + Schedule().delay(afterAttempt: attempt, jitter: 1), at: now))
    }
    #expect(!Schedule.isDue(now + Schedule.latestDue, at: now) && !Schedule.isDue(now + Schedule.longestWait, at: now))
    #expect(Schedule.isDue(now + Schedule.longestWait + .milliseconds(1), at: now) && Schedule.isDue(now, at: now))
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [1e300, -1e300, 3e14, -3e14, .infinity, -.infinity, .nan])
  func `a time that no clock can show is one that can be stored and counted on from`(seconds: Double) {
    let time = Timestamp(Date(timeIntervalSince1970: seconds))
    #expect(time + .seconds(1) > time && time - .seconds(1) < time)
    #expect(Timestamp(time.date) == time)
  }

  @Test func `a time of our days keeps its milliseconds`() {
    #expect(Timestamp(Date(timeIntervalSince1970: 1_764_460_800.125)).milliseconds == 1_764_460_800_125)
  }
}
