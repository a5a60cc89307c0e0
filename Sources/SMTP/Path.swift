// The path behind MAIL FROM: and RCPT TO:, as clients write it. RFC 5321 §4.1.2, appendix C for source routes.

/// A path. Without an address it is `<>`.
struct Path: Equatable {
  let address: Address?

  /// Reads a path and the blanks behind it. `nil` when there is no valid path.
  init?(reading cursor: inout Cursor) {
    guard cursor.take(UInt8(ascii: "<")) else {
      // Old devices send no angle brackets.
      guard let address = Address(parsing: cursor.takePathText { $0.isBlank }) else { return nil }
      self.address = address
      cursor.skipBlanks()
      return
    }
    let text = cursor.takePathText { $0 == UInt8(ascii: ">") }.trimmingBlanks()
    guard cursor.take(UInt8(ascii: ">")), cursor.isAtEnd || cursor.peek?.isBlank == true else { return nil }
    cursor.skipBlanks()
    if text.isEmpty {
      address = nil
    } else {
      guard let parsed = Address(parsing: Path.withoutRoute(text)) else { return nil }
      address = parsed
    }
  }

  /// `@relay.example,@other.example:user@example.org` is mail for `user@example.org`.
  private static func withoutRoute(_ text: Octets) -> Octets {
    guard text.first == UInt8(ascii: "@"), let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return text }
    return text[(colon + 1)...]
  }
}

extension Cursor {
  /// Reads up to the first octet outside quotes for which `isEnd` holds.
  fileprivate mutating func takePathText(until isEnd: (UInt8) -> Bool) -> Octets {
    let start = index
    while let octet = peek, !isEnd(octet) {
      if octet == UInt8(ascii: "\"") {
        guard takeQuoted() != nil else { return octets[start..<index] }
      } else {
        _ = take(octet)
      }
    }
    return octets[start..<index]
  }
}
