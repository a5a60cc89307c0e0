// Reads a command or a reply from left to right.

/// A line, and how far it has been read.
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

  mutating func skip(to index: Int) { self.index = index }

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

  /// Digits as a number. `nil` when there is none, when other octets are in it, or when it is beyond `Int`.
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
