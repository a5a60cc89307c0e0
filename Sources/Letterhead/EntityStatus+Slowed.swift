// The sentence for a mailbox that works, and sends less than it might.

import Delivery
import Foundation
import Platform
import Status

extension EntityStatus.Slowed {
  /// - Parameter provider: as people call it.
  init(_ slow: SlowSending, by provider: String) {
    let time = slow.until.formatted(.iso8601)
    let summary =
      switch slow.cause {
      case .setbacks(let count):
        "\(provider) has not taken the last \("message".counted(count)), so the others wait; the next look at it is at \(time)."
      case .silence(let count):
        "\(provider) could not be reached\(count > 1 ? ", \(count) times in a row" : ""); the next try is at \(time)."
      case .rate(let rate, let usual):
        "\(provider) has asked for a slower pace: \("message".counted(rate)) a minute"
          + (usual.map { " in place of \($0), growing again until \(time)." } ?? " until \(time).")
      case .connections(let count):
        "\(provider) has asked for fewer connections: \(count) at a time until \(time)."
      }
    self.init(summary: summary, until: slow.until)
  }
}
