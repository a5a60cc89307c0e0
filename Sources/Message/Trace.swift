// The Received line of an accepted message, and what the Received lines of earlier servers tell. RFC 5321 §4.4, RFC
// 3848.

package import FoundationEssentials
package import SMTP

/// Writes this relay's Received lines and counts those of a message.
package struct Trace: Sendable {
  /// What is known of the client's session; the protocol keyword follows from it (RFC 3848, RFC 6531 §4.3).
  package struct Session: Sendable {
    /// As the client said it in EHLO or HELO; cleaned here.
    package var helo: String
    /// The client's address, `192.0.2.1` or `2001:db8::1`, without brackets and port; empty where it has none.
    package var peer: String
    package var isExtended: Bool
    package var isSecured: Bool
    package var isAuthenticated: Bool
    /// As the relay knows the client, whatever it says of itself: `erp`, and `uid 1004, erp.service`. Cleaned here.
    package var app: String?
    package var identity: String?
    /// Otherwise it was left in a folder, by no protocol that RFC 3848 has a word for.
    package var isSMTP: Bool

    package init(
      helo: String, peer: String, isExtended: Bool, isSecured: Bool, isAuthenticated: Bool = false, app: String? = nil,
      identity: String? = nil, isSMTP: Bool = true
    ) {
      self.helo = helo
      self.peer = peer
      self.isExtended = isExtended
      self.isSecured = isSecured
      self.isAuthenticated = isAuthenticated
      self.app = app
      self.identity = identity
      self.isSMTP = isSMTP
    }
  }

  /// How many servers a message has passed.
  package struct Passages: Equatable, Sendable {
    package var received = 0
    /// Received lines that this instance wrote.
    package var ours = 0

    package init(received: Int = 0, ours: Int = 0) {
      self.received = received
      self.ours = ours
    }

    /// Too many servers, or this one twice (RFC 5321 §6.3).
    package var isLoop: Bool { received > 100 || ours >= 2 }
  }

  private let hostname: String
  private let instance: String

  /// - Parameter instance: a random word that no other relay has, kept in the state directory for years.
  package init(hostname: String, instance: String) {
    self.hostname = hostname
    self.instance = instance
  }

  /// The field to put on top of an accepted message, with its line end.
  ///
  /// When what follows does not begin a field it needs an empty line in between: see `needsEmptyLine(before:)`.
  package func received(_ session: Session, isSMTPUTF8: Bool, id: String, now: Date) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(200)
    line.append("Received: from ")
    line += Self.cleaned(session.helo)
    if !session.peer.isEmpty {
      line.append(session.peer.utf8.contains(UInt8(ascii: ":")) ? " ([IPv6:" : " ([")
      line += Self.cleaned(session.peer)
      line.append("])")
    }
    Self.append(session.app, session.identity, to: &line)
    line.append("\r\n\tby ")
    line += Self.cleaned(hostname)
    line += mark
    line.append("\r\n\t")
    if session.isSMTP {
      line.append("with ")
      line.append(session.keyword(isSMTPUTF8: isSMTPUTF8))
      line.append(" ")
    }
    line.append("id ")
    line += Self.cleaned(id)
    line.append(";\r\n\t")
    line += MailDate.octets(now)
    line += [UInt8].crlf
    return line
  }

  /// A field for each, to stand under the Received line of a message that is sent to somebody else instead.
  package static func originalRecipients(_ recipients: [Address]) -> [UInt8] {
    recipients.flatMap { recipient in
      Array("X-Original-To: ".utf8) + recipient.text.utf8.map { $0.isControl ? UInt8(ascii: "?") : $0 } + [UInt8].crlf
    }
  }

  /// A comment, which other readers ignore.
  private var mark: [UInt8] { Array(" (Letterhead \(instance))".utf8) }

  /// Clients send anything in HELO. Octets that no host name or address literal has become `?`, so that the text cannot
  /// end the line or look like another part of it.
  private static func cleaned(_ text: String) -> [UInt8] {
    let cleaned = text.utf8.prefix(255).map { isKept($0) ? $0 : UInt8(ascii: "?") }
    return cleaned.isEmpty ? Array("unknown".utf8) : cleaned
  }

  /// A comment on a line of its own: `(from app erp (uid 1004, erp.service))`.
  private static func append(_ app: String?, _ identity: String?, to line: inout [UInt8]) {
    guard app != nil || identity?.isEmpty == false else { return }
    line.append("\r\n\t(from ")
    if let app {
      line.append("app ")
      line += comment(app)
    }
    if let identity, !identity.isEmpty {
      if app != nil { line.append(" (") }
      line += comment(identity)
      if app != nil { line.append(")") }
    }
    line.append(")")
  }

  /// Text that can stand in a comment, and neither opens nor closes one (RFC 5322 §3.2.2).
  private static func comment(_ text: String) -> [UInt8] {
    text.utf8.prefix(255).map { octet in
      switch octet {
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"): UInt8(ascii: "?")
      case 0x20...0x7E: octet
      default: UInt8(ascii: "?")
      }
    }
  }

  private static func isKept(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: byte.isAlphanumeric
    }
  }

  /// Whether a message that begins with this octet needs an empty line behind the Received line: it has no header, and
  /// its first line would be read as a continuation of the Received line.
  package static func needsEmptyLine(before first: UInt8?) -> Bool { first?.isBlank ?? false }

  package func passages(in header: Header) -> Passages {
    var passages = Passages()
    let mark = mark
    for field in header.all(.received) {
      passages.received += 1
      if Self.contains(mark, in: field.value) { passages.ours += 1 }
    }
    return passages
  }
}

extension Trace {
  private static func contains(_ mark: [UInt8], in value: ArraySlice<UInt8>) -> Bool {
    value.withUnsafeBytes { value in
      mark.withUnsafeBytes { mark in
        guard mark.count <= value.count else { return false }
        for start in 0...(value.count - mark.count) where value[start] == mark[0] {
          if value[start..<start + mark.count].elementsEqual(mark) { return true }
        }
        return false
      }
    }
  }
}

extension Trace.Session {
  fileprivate func keyword(isSMTPUTF8: Bool) -> String {
    if !isExtended { return "SMTP" }
    return (isSMTPUTF8 ? "UTF8SMTP" : "ESMTP") + (isSecured ? "S" : "") + (isAuthenticated ? "A" : "")
  }
}
