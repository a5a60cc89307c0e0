// Whether the spool takes messages.

/// As the writer thread has last seen its storage.
package enum SpoolHealth: Equatable, Sendable {
  case working
  /// There is no room even for a short message: `accept` throws `.full`.
  case full
  /// `accept` throws this.
  case failing(SpoolError)
}
