// A mail address as it travels in the envelope: local part and domain, bytes untouched. RFC 5321 §4.1.2.

/// One address of an envelope.
///
/// The local part is kept as written, quotes included, because only the server of its domain may interpret it (RFC 5321
/// §2.4).
/// The domain may be empty: cron and old devices say `MAIL FROM:<root>`.
package struct Address: Hashable, Sendable {
  package let localPart: String
  package let domain: String

  package init(localPart: String, domain: String) {
    self.localPart = localPart
    self.domain = domain
  }

  /// As written between angle brackets, without them.
  package var text: String { domain.isEmpty ? localPart : "\(localPart)@\(domain)" }

  /// An address that is not all ASCII needs SMTPUTF8 upstream (RFC 6531).
  package var isASCII: Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}

extension Address: CustomStringConvertible {
  package var description: String { text }
}
