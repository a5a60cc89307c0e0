// How long each part of a conversation may take.

package struct IMAPTimeouts: Sendable, Equatable {
  package var tls: Duration
  package var greeting: Duration
  /// Each command but APPEND; with all that it answers.
  package var command: Duration
  /// One piece of a copy.
  package var block: Duration
  /// After the last octet of a copy.
  package var append: Duration

  package init(tls: Duration, greeting: Duration, command: Duration, block: Duration, append: Duration) {
    self.tls = tls
    self.greeting = greeting
    self.command = command
    self.block = block
    self.append = append
  }

  /// Nobody waits for it.
  package static let filing = IMAPTimeouts(
    tls: .seconds(30), greeting: .seconds(30), command: .seconds(60), block: .seconds(120), append: .seconds(300))

  /// For `connect` and `test`, where a person waits.
  package static let test = IMAPTimeouts(
    tls: .seconds(10), greeting: .seconds(10), command: .seconds(20), block: .seconds(30), append: .seconds(60))
}
