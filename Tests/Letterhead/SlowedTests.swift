import Delivery
import Foundation
import Status
import Testing

@testable import Letterhead

private let eight = Date(timeIntervalSince1970: 1_795_334_400)  // 2026-11-22T08:00:00Z

@Suite struct `A mailbox that sends less than it might` {
  @Test(
    arguments: [
      (
        .setbacks(3),
        "Google has not taken the last 3 messages, so the others wait; the next look at it is at 2026-11-22T08:00:00Z."
      ),
      (.silence(1), "Google could not be reached; the next try is at 2026-11-22T08:00:00Z."),
      (.silence(4), "Google could not be reached, 4 times in a row; the next try is at 2026-11-22T08:00:00Z."),
      (
        .rate(messagesPerMinute: 14, usual: 28),
        "Google has asked for a slower pace: 14 messages a minute in place of 28, growing again until 2026-11-22T08:00:00Z."
      ),
      (
        .rate(messagesPerMinute: 1, usual: nil),
        "Google has asked for a slower pace: 1 message a minute until 2026-11-22T08:00:00Z."
      ),
      (.connections(1), "Google has asked for fewer connections: 1 at a time until 2026-11-22T08:00:00Z."),
    ] as [(Slowdown, String)])
  func `says why in one sentence, and until when`(cause: Slowdown, sentence: String) {
    let slowed = EntityStatus.Slowed(SlowSending(cause, until: eight), by: "Google")
    #expect(slowed == EntityStatus.Slowed(summary: sentence, until: eight))
  }
}
