// How an SMTP connection is protected: one word for listeners, for providers' servers and for the configuration.

/// Spelt as in the configuration and in the saved connections.
package enum Security: String, Sendable, Codable, CaseIterable {
  /// TLS from the first octet (RFC 8314).
  case tls
  /// In clear until STARTTLS (RFC 3207).
  case starttls
  case none

  /// What a submission server usually speaks on `port`: 587, 25 and 2525 begin in clear, the others speak TLS at once.
  package static func usual(for port: UInt16) -> Security { [587, 25, 2525, 2587].contains(port) ? .starttls : .tls }
}
