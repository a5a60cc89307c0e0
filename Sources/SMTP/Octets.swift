// The octets that SMTP and mail are written in: their names, their classes, and the few things done with runs of them.
// Octets, not characters: nothing here makes a String. Inlinable, because every header's octets are looked at one by
// one.

typealias Octets = ArraySlice<UInt8>

extension UInt8 {
  /// Without a check: for literals.
  init(ascii scalar: Unicode.Scalar) { self = UInt8(truncatingIfNeeded: scalar.value) }

  @inlinable package static var nul: UInt8 { 0x00 }
  @inlinable package static var tab: UInt8 { 0x09 }
  @inlinable package static var lf: UInt8 { 0x0A }
  @inlinable package static var cr: UInt8 { 0x0D }
  @inlinable package static var space: UInt8 { 0x20 }
  @inlinable package static var dot: UInt8 { 0x2E }

  @inlinable package var isControl: Bool { self < 0x20 || self == 0x7F }
  @inlinable package var isBlank: Bool { self == .space || self == .tab }
  @inlinable package var is8Bit: Bool { self >= 0x80 }
  @inlinable package var isDigit: Bool { self &- 0x30 < 10 }
  @inlinable package var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inlinable package var isAlphanumeric: Bool { isDigit || isLetter }
  /// What an atom is made of (RFC 5322 §3.2.3).
  @inlinable package var isAtom: Bool {
    if isAlphanumeric { return true }
    switch self {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: return true
    default: return false
    }
  }

  /// ASCII letters only; every other octet stays.
  @inlinable package var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
  /// ASCII letters only; every other octet stays.
  @inlinable package var uppercased: UInt8 { self &- 0x61 < 26 ? self & 0xDF : self }
}

extension [UInt8] {
  package static let crlf: [UInt8] = [.cr, .lf]

  @inlinable package mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inlinable package mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Line ends and tabs become blanks, other control characters go.
  package var withoutControls: [UInt8] {
    if allSatisfy({ !$0.isControl }) { return self }
    return compactMap { octet in
      if !octet.isControl { return octet }
      return octet == .tab || octet == .cr || octet == .lf ? .space : nil
    }
  }
}
