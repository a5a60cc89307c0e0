// How many messages may be under way on one session at once. Pure.

/// One message at first; each that is delivered promptly widens the window by one, and each that is not halves it. So
/// the distance to the server costs nothing, few messages wait behind a slow one, and a server that takes nothing is
/// asked little.
struct PipelineWindow: Equatable {
  static let mostMessages = 64
  static let mostOctets = 1 << 20

  /// As many messages may be under way.
  private(set) var limit = 1
  /// Under way, from the moment they were handed over.
  private(set) var count = 0
  /// Of the messages that were written, or are being, and are not answered.
  private(set) var octets = 0

  /// How many messages more may be handed over.
  var room: Int {
    if count == 0 { return limit }
    return octets < Self.mostOctets ? max(0, limit - count) : 0
  }

  mutating func enter() { count += 1 }

  mutating func leave() { count -= 1 }

  mutating func write(_ octets: Int) { self.octets += octets }

  /// A message that was written has been answered, or never will be.
  ///
  /// - Parameter isPrompt: it was delivered, and in good time.
  mutating func conclude(_ octets: Int, isPrompt: Bool) {
    self.octets -= octets
    limit = isPrompt ? min(limit + 1, Self.mostMessages) : max(limit / 2, 1)
  }
}
