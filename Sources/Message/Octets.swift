// What a single octet is, in the terms of RFC 5322, and the few things done with runs of them.

extension UInt8 {
  static let tab = UInt8(ascii: "\t"), lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")

  /// ASCII letters only; every other octet stays.
  var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
  var isBlank: Bool { self == .space || self == .tab }
  var isControl: Bool { self < 0x20 || self == 0x7f }
  var is8Bit: Bool { self >= 0x80 }
  var isDigit: Bool { self &- 0x30 < 10 }
  var isAlphanumeric: Bool { isDigit || (self | 0x20) &- 0x61 < 26 }
  /// What a field's name is made of: printable, and no colon (RFC 5322 §3.6.8).
  var isFieldName: Bool { self > 0x20 && self < 0x7f && self != UInt8(ascii: ":") }
  /// What an atom is made of (RFC 5322 §3.2.3).
  var isAtom: Bool {
    if isAlphanumeric { return true }
    switch self {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
      UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
      UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
      return true
    default: return false
    }
  }
}

extension [UInt8] {
  static let crlf: [UInt8] = [.carriageReturn, .lineFeed]

  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Line ends and tabs become blanks, other control characters go.
  var withoutControls: [UInt8] {
    if allSatisfy({ !$0.isControl }) { return self }
    return compactMap { byte in
      if !byte.isControl { return byte }
      return byte == .tab || byte == .carriageReturn || byte == .lineFeed ? .space : nil
    }
  }

  mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}
