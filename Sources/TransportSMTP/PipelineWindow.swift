// What is under way on one session at once: how much of it there may be, and in which order it is heard. Pure.

import Spool

/// Messages that were written, or are being, and have not been concluded.
///
/// One message at first; each that is delivered in good time widens it by one, and each that is not halves it. So
/// distance is no matter, few wait behind a slow message, and a provider that takes nothing is asked little.
struct PipelineWindow {
  struct Underway {
    let attempt: Attempt
    let flight: PipelinedMessage
    let share: Ration.Share?
    /// The session's first message: how that fares says nothing of a session gone stale.
    let isFirst: Bool
    let since = ContinuousClock.now
  }

  static let mostMessages = 64
  static let mostOctets = 1 << 20

  private var line: [Underway] = []
  private var octets = 0
  private(set) var messages = 1

  var isEmpty: Bool { line.isEmpty }
  var count: Int { line.count }
  var first: Underway? { line.first }
  var hasRoom: Bool { isEmpty || line.count < messages && octets < Self.mostOctets }

  mutating func add(_ underway: Underway) {
    line.append(underway)
    octets += underway.flight.octets.count
  }

  /// The first one has been concluded.
  mutating func removeFirst(delivered: Bool, promptWithin time: Duration) {
    let first = line.removeFirst()
    octets -= first.flight.octets.count
    let isPrompt = first.since + time >= .now
    messages = delivered && isPrompt ? min(messages + 1, Self.mostMessages) : max(messages / 2, 1)
  }

  /// The line is gone, and everything still under way with it.
  mutating func abandon() -> [Underway] {
    defer { self = PipelineWindow() }
    return line
  }
}
