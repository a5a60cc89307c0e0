// When TLS begins on a line that speaks SMTP, to a provider or at a listener of our own.

/// Spelt as in the configuration.
package enum LineSecurity: String, Sendable, Codable, CaseIterable {
  /// From the first octet (RFC 8314).
  case tls
  /// After the command STARTTLS (RFC 3207).
  case starttls
  case none

  /// Ports 587, 25 and 2525 begin in the clear; the others speak TLS at once (RFC 8314).
  package static func usual(for port: UInt16) -> LineSecurity {
    [587, 25, 2525, 2587].contains(port) ? .starttls : .tls
  }
}
