// The Received line for what we accepted, and what the others say of a message's way. RFC 5321 §4.4, RFC 3848.

package import FoundationEssentials

/// How a message came, and what its trace says.
package struct Trace: Sendable {
  /// What the client did, from which the protocol keyword follows (RFC 3848, RFC 6531 §4.3).
  package struct Session: Sendable {
    /// As the client said it in EHLO or HELO; cleaned here.
    package var helo: String
    /// The client's address, `192.0.2.1` or `2001:db8::1`, without brackets and port.
    package var peer: String
    package var isExtended: Bool
    package var isSecured: Bool
    package var isAuthenticated: Bool

    package init(helo: String, peer: String, isExtended: Bool, isSecured: Bool, isAuthenticated: Bool = false) {
      self.helo = helo
      self.peer = peer
      self.isExtended = isExtended
      self.isSecured = isSecured
      self.isAuthenticated = isAuthenticated
    }
  }

  /// How often a message came by.
  package struct Passages: Equatable, Sendable {
    package var received = 0
    /// Received lines of this very instance.
    package var ours = 0

    /// RFC 5321 §6.3: too many hops, or twice here already.
    package var isLoop: Bool { received > 100 || ours >= 2 }
  }

  private let hostname: String
  private let instance: String

  /// - Parameter instance: what tells this relay from every other, for years: a random word kept beside the spool.
  package init(hostname: String, instance: String) {
    self.hostname = hostname
    self.instance = instance
  }

  /// The field to put on top of what was accepted, with its line end.
  ///
  /// When what follows does not begin a field it needs an empty line in between: see `needsEmptyLine(before:)`.
  package func received(_ session: Session, isSMTPUTF8: Bool, id: String, now: Date) -> [UInt8] { [] }

  /// Whether a message that begins with this octet needs an empty line behind our Received line, because it has no
  /// header and its first line would be read as a continuation of ours.
  package static func needsEmptyLine(before first: UInt8?) -> Bool {
    first == UInt8(ascii: " ") || first == UInt8(ascii: "\t")
  }

  package func passages(in header: Header) -> Passages { Passages() }
}
