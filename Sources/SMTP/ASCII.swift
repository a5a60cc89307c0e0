// The octets SMTP is written in, and a cursor to read them with. Octets, not characters: nothing here makes a String.

typealias Octets = ArraySlice<UInt8>

extension UInt8 {
  static let nul: UInt8 = 0x00
  static let tab: UInt8 = 0x09
  static let lf: UInt8 = 0x0A
  static let cr: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let dot: UInt8 = 0x2E

  init(ascii scalar: Unicode.Scalar) { self = UInt8(truncatingIfNeeded: scalar.value) }

  var isControl: Bool { self < 0x20 || self == 0x7F }
  var isBlank: Bool { self == .space || self == .tab }
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
  var uppercased: UInt8 { self >= 0x61 && self <= 0x7A ? self & 0xDF : self }
}

/// Reads a line from left to right.
struct Cursor {
  let octets: Octets
  private(set) var index: Int

  init(_ octets: Octets) {
    self.octets = octets
    index = octets.startIndex
  }

  var isAtEnd: Bool { index == octets.endIndex }
  var rest: Octets { octets[index...] }
  var peek: UInt8? { isAtEnd ? nil : octets[index] }

  mutating func skipBlanks() { _ = take(while: \.isBlank) }

  mutating func take(_ octet: UInt8) -> Bool {
    guard peek == octet else { return false }
    index += 1
    return true
  }

  mutating func take(while isWanted: (UInt8) -> Bool) -> Octets {
    let start = index
    while index < octets.endIndex, isWanted(octets[index]) { index += 1 }
    return octets[start..<index]
  }

  /// Takes a word whatever its case, and nothing if it is not there.
  mutating func take(word: StaticString) -> Bool {
    guard octets.endIndex - index >= word.utf8CodeUnitCount,
      octets[index..<index + word.utf8CodeUnitCount].isWord(word)
    else { return false }
    index += word.utf8CodeUnitCount
    return true
  }

  /// The rest as a number. `nil` when there is none, when other octets are in it, or when it is beyond `Int`.
  static func number(_ digits: Octets) -> Int? {
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value = 0
    for digit in digits {
      guard digit.isDigit else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}

extension Octets {
  /// Equal to `word`, which is in capitals, whatever the case here.
  func isWord(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    let start = word.utf8Start
    return indices.allSatisfy { self[$0].uppercased == start[$0 - startIndex] }
  }

  func trimmingBlanks() -> Octets {
    guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}
