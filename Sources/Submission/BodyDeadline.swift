// How long a client may take to send a message.

import Sockets

/// Some silence, some minutes whatever the size, and beyond them a least rate: a client that sends slowly occupies its
/// connection no longer than that.
struct BodyDeadline {
  private let limits: SubmissionLimits
  private let start = Instant.now

  init(_ limits: SubmissionLimits) { self.limits = limits }

  /// Of the next octets, when `octets` have come.
  func deadline(after octets: Int) -> Instant {
    let atLeastRate = Duration.seconds(Double(octets) / Double(limits.bodyOctetsPerSecond))
    return min(.now + limits.bodyPauseTimeout, start + limits.bodyGrace + atLeastRate)
  }
}
