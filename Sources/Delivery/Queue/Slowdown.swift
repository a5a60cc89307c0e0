// Why a mailbox that is connected, and neither paused nor flagged, sends less than it might: nothing of it is published as a
// fault, for it passes by itself.

package import Foundation
import Mailboxes

package enum Slowdown: Equatable, Sendable {
  /// So many messages in a row were put off, or their line broke. The next is begun when the server answers.
  case setbacks(Int)
  /// So often in a row no session could be opened.
  case silence(Int)
  /// The provider has asked for a slower rate. It grows until it is the usual one; `nil`: there was no limit.
  case rate(messagesPerMinute: Int, usual: Int?)
  /// The provider has asked for fewer connections.
  case connections(Int)
}

/// Why, and until when. What a provider does not answer to is looked at then, and may go on being so.
package struct SlowSending: Equatable, Sendable {
  package var cause: Slowdown
  package var until: Date

  package init(_ cause: Slowdown, until: Date) {
    self.cause = cause
    self.until = until
  }
}

extension QueueState {
  /// `nil` unless the queue waits for a server without a fault that people are told.
  var slowdown: SlowSending? {
    guard case .unreachable(.due(let time)) = mode else { return nil }
    return SlowSending(setbacks >= Self.mostSetbacks ? .setbacks(setbacks) : .silence(max(retries, 1)), until: time)
  }
}

extension RateLimiter {
  /// What the provider has taught, where that is less than the preset limits still.
  func slowdown(from preset: SendingLimits, at now: Date) -> SlowSending? {
    let limits = limits(preset, at: now)
    if let perMinute, let rate = limits.messagesPerMinute, rate < preset.messagesPerMinute ?? .max {
      let usual = preset.messagesPerMinute
      return SlowSending(.rate(messagesPerMinute: rate, usual: usual), until: perMinute.end(growingTo: usual))
    }
    if let connections, let count = limits.maxConnections, count < preset.maxConnections ?? .max {
      return SlowSending(.connections(count), until: connections.end(growingTo: nil))
    }
    return nil
  }
}
