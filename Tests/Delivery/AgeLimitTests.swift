import Foundation
import Testing
import TransportSupport

@testable import Delivery

@Suite struct `The age at which messages fail` {
  private static let day = 86_400.0

  /// Looks every minute for some hours.
  ///
  /// - Returns: after how many minutes the limit was in force for the first time.
  private func minutes(until limit: inout AgeLimit, from start: Date) -> Int? {
    (0..<600).first { limit.isInForce(at: start + Double($0) * 60) }
  }

  @Test func `counts when everything that waits has been due once more since the start`() {
    var limit = AgeLimit(.seconds(5 * 86_400))
    #expect(minutes(until: &limit, from: noon) == 120)
    #expect(minutes(until: &limit, from: noon + 7200) == 0)
  }

  @Test func `counts after no more than itself`() {
    var limit = AgeLimit(.seconds(3_600))
    #expect(minutes(until: &limit, from: noon) == 60)
  }

  @Test(arguments: [
    // A week switched off in standby; a clock that was years behind until the network came; set back by a day.
    7 * day, 400 * day, -day, 601.0,
  ])
  func `waits again after the clock was set or the host has slept`(step: Double) {
    var limit = AgeLimit(.seconds(5 * 86_400))
    _ = minutes(until: &limit, from: noon)
    #expect(minutes(until: &limit, from: noon + 7200 + step) == 120)
  }

  @Test(arguments: [-600.0, -1, 0, 1, 600])
  func `takes a look that is late, and a clock that is corrected, as they are`(step: Double) {
    var limit = AgeLimit(.seconds(5 * 86_400))
    _ = minutes(until: &limit, from: noon)
    #expect(minutes(until: &limit, from: noon + 7200 + step) ?? 0 <= 10)
  }
}
