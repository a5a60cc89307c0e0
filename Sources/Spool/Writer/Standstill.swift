// Notices that messages are due and nobody takes them. A value, looked at in turns.

/// Of one entity.
struct Standstill: Equatable {
  /// When it was first seen that something could be taken and nothing had been.
  private(set) var since: Timestamp?
  private var takes = 0

  /// - Parameters:
  ///   - takes: how many messages have been taken so far.
  ///   - hasDue: something is due, or was handed over and waits to be taken.
  mutating func look(takes: Int, hasDue: Bool, at now: Timestamp) {
    since = hasDue && takes == self.takes ? since ?? now : nil
    self.takes = takes
  }
}
