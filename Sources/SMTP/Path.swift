// The path behind MAIL FROM: and RCPT TO:, as clients write it. RFC 5321 §4.1.2, appendix C for source routes. What a
// client means is mended; a sender that cannot be mended is kept as text, because the mailbox's address goes out in its
// place.

/// A path as its client wrote it, read up to the parameters behind it.
struct Path {
  /// Between the outer brackets.
  private let text: Octets

  /// Reads a path and the blanks behind it. `nil` where no path can be told from what follows it.
  init?(reading cursor: inout Cursor) {
    guard let text = cursor.takeBracketed() ?? cursor.takeNamed() ?? cursor.takeUnbracketed() else { return nil }
    self.text = text.trimmingBlanks()
    cursor.skipBlanks()
  }

  /// `<>`.
  var isNull: Bool { text.isEmpty }

  /// The address that is meant: without a name, a second pair of brackets, a route, `mailto:` or a dot at the end.
  var address: Address? { Address(parsing: text) ?? Address(parsing: Self.mended(text)) }

  /// The address, or what stands in place of one: for the log and the route, never to be sent on. `nil`: the null sender.
  var sender: Address? {
    if let address { return address }
    var plain = Self.plain(text)
    // Each step shortens: what comes out is read as itself.
    while true {
      let next = Self.plain(Self.mended(plain))
      if next.isEmpty || next == plain { break }
      plain = next
    }
    return plain.isEmpty ? nil : Address(parsing: plain) ?? Address(odd: plain)
  }

  /// Valid text without control characters and brackets, of bounded length.
  private static func plain(_ text: Octets) -> Octets {
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.filter { scalar in
      scalar != "<" && scalar != ">" && scalar.properties.generalCategory != .control
    }
    var plain = String(String.UnicodeScalarView(scalars)).utf8.prefix(maximumOddOctets)
    while String(plain) == nil { plain.removeLast() }
    var octets = Octets(plain).trimmingBlanks()
    // An address whose domain is empty is written without its `@`.
    while octets.count > 1, octets.last == UInt8(ascii: "@") { octets = octets.dropLast().trimmingBlanks() }
    return octets
  }

  private static let maximumOddOctets = 320

  private static func mended(_ text: Octets) -> Octets {
    var text = text
    if let open = text.lastIndex(of: UInt8(ascii: "<")) {
      text = text[(open + 1)...].prefix { $0 != UInt8(ascii: ">") }.trimmingBlanks()
    }
    // `@relay.example,@other.example:user@example.org` is mail for `user@example.org`.
    while text.first == UInt8(ascii: "@"), let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      text = text[(colon + 1)...].trimmingBlanks()
    }
    while text.prefix(7).isWord("MAILTO:") { text = text.dropFirst(7).trimmingBlanks() }
    while text.last == .dot, text.contains(UInt8(ascii: "@")) { text.removeLast() }
    return text
  }
}

extension Cursor {
  /// `<…>`, with brackets and quotes inside. The text between them.
  fileprivate mutating func takeBracketed() -> Octets? {
    guard peek == UInt8(ascii: "<") else { return nil }
    // A quote that is never closed is an octet like others.
    return takeBracketed(quoted: true) ?? takeBracketed(quoted: false)
  }

  private mutating func takeBracketed(quoted: Bool) -> Octets? {
    var ahead = self
    var depth = 0
    repeat {
      guard let octet = ahead.peek else { return nil }
      if quoted, octet == UInt8(ascii: "\"") {
        guard ahead.takeQuoted() != nil else { return nil }
        continue
      }
      if octet == UInt8(ascii: "<") { depth += 1 } else if octet == UInt8(ascii: ">") { depth -= 1 }
      _ = ahead.take(octet)
    } while depth > 0
    guard ahead.isAtEnd || ahead.peek?.isBlank == true else { return nil }
    let text = octets[(index + 1)..<(ahead.index - 1)]
    self = ahead
    return text
  }

  /// `Name <…>`: what stands in the brackets.
  fileprivate mutating func takeNamed() -> Octets? {
    guard peek != UInt8(ascii: "<"), let open = rest.firstIndex(of: UInt8(ascii: "<")), open > index,
      octets[open - 1].isBlank || octets[open - 1] == UInt8(ascii: "\"")
    else { return nil }
    var ahead = Cursor(octets[open...])
    guard let text = ahead.takeBracketed() else { return nil }
    skip(to: ahead.index)
    return text
  }

  /// Old devices send no angle brackets.
  fileprivate mutating func takeUnbracketed() -> Octets? {
    guard let first = peek, first != UInt8(ascii: "<") else { return nil }
    let start = index
    while let octet = peek, !octet.isBlank {
      if octet != UInt8(ascii: "\"") || takeQuoted() == nil { _ = take(octet) }
    }
    return octets[start..<index]
  }
}

extension Address {
  /// Text that is no address, with what stands behind its last `@` as the domain.
  fileprivate init(odd text: Octets) {
    let at = text.count > 1 ? text.lastIndex(of: UInt8(ascii: "@")) ?? text.endIndex : text.endIndex
    self.init(
      localPart: String(decoding: text[..<at], as: UTF8.self),
      domain: String(decoding: text[at...].dropFirst(), as: UTF8.self))
  }
}
