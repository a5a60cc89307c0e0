// Reads an address. RFC 5321 §4.1.2, 4.1.3, 6531 §3.3. An address that was read can be written between angle brackets
// as it is.

extension Address {
  /// Longer than the RFC's 64 octets, because mailing lists write the recipient's address into their senders.
  private static let maximumLocalPartOctets = 256
  private static let maximumDomainOctets = 255
  private static let maximumLabelOctets = 63

  /// Exactly one address, without brackets: `user@domain`, `"quoted user"@domain`, `user@[192.0.2.1]`, or `user` alone.
  ///
  /// Dots may stand anywhere in the local part: Japanese phone addresses have them doubled and last.
  package init?(parsing octets: ArraySlice<UInt8>) {
    var cursor = Cursor(octets)
    guard let localPart = cursor.takeLocalPart(), localPart.count <= Self.maximumLocalPartOctets else { return nil }
    var domain = octets[octets.endIndex...]
    if cursor.take(UInt8(ascii: "@")) {
      domain = cursor.rest
      guard Self.isDomain(domain) else { return nil }
    } else if !cursor.isAtEnd {
      return nil
    }
    guard let localText = String(validating: localPart, as: UTF8.self),
      let domainText = String(validating: domain, as: UTF8.self)
    else { return nil }
    self.init(localPart: localText, domain: domainText)
  }

  /// The same from text, for configuration and command line.
  package init?(_ text: String) {
    self.init(parsing: ArraySlice(text.utf8))
  }

  private static func isDomain(_ octets: Octets) -> Bool {
    guard !octets.isEmpty, octets.count <= maximumDomainOctets else { return false }
    if octets.first == UInt8(ascii: "[") { return isLiteral(octets) }
    return octets.split(separator: .dot, omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && label.count <= maximumLabelOctets && label.allSatisfy(\.isLabelOctet)
        && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
    }
  }

  /// `[192.0.2.1]` or `[IPv6:2001:db8::1]`. Only the characters are checked; the provider judges the address.
  private static func isLiteral(_ octets: Octets) -> Bool {
    guard octets.count > 2, octets.last == UInt8(ascii: "]") else { return false }
    return octets.dropFirst().dropLast().allSatisfy {
      $0.isDigit || $0.isLetter || $0 == .dot || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-")
    }
  }
}

extension UInt8 {
  /// What a domain's label is made of. Many scanners have an underscore in their name.
  fileprivate var isLabelOctet: Bool {
    isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || is8Bit
  }

  /// `atext` (RFC 5322 §3.2.3, RFC 6532) or a dot.
  fileprivate var isAtomOrDot: Bool { isAtom || is8Bit || self == .dot }
}

extension Cursor {
  /// The local part as written, quotes included.
  fileprivate mutating func takeLocalPart() -> Octets? {
    guard peek == UInt8(ascii: "\"") else {
      let atoms = take(while: \.isAtomOrDot)
      return atoms.isEmpty ? nil : atoms
    }
    return takeQuoted()
  }

  /// A quoted string, quotes included. `nil` when it does not end, or holds a control character.
  mutating func takeQuoted() -> Octets? {
    let start = index
    guard take(UInt8(ascii: "\"")) else { return nil }
    while let octet = peek, !octet.isControl {
      _ = take(octet)
      if octet == UInt8(ascii: "\"") { return octets[start..<index] }
      if octet == UInt8(ascii: "\\") {
        guard let escaped = peek, !escaped.isControl else { return nil }
        _ = take(escaped)
      }
    }
    return nil
  }
}
