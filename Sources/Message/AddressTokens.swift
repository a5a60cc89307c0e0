// A structured field's value cut into words, quoted strings, comments and marks. RFC 5322 §3.2, leniently: where a
// quoted string or a comment is not closed, the mark that opens it is ignored. No recursion, and linear in the value's
// length.

import SMTP

struct AddressToken {
  enum Kind: Equatable {
    /// A run of ordinary characters; dots are in it.
    case word
    /// With its quotes.
    case quoted
    /// With its parentheses, and all comments inside.
    case comment
    /// `[192.0.2.1]`, with its brackets.
    case literal
    case encodedWord
    /// One that RFC 2047 does not allow in a name.
    case brokenEncodedWord
    /// One of `< > @ , ; :`.
    case mark
  }
  let kind: Kind
  let start: Int
  let end: Int
  /// A blank or a comment stands between this and the token before it.
  let follows: Bool
}

struct AddressTokens {
  let source: [UInt8]
  private(set) var tokens: [AddressToken] = []
  /// No octet had to be ignored.
  private(set) var isStrict = true
  private var position = 0
  private var isApart = false
  /// Each unclosed mark costs a scan to the end of the value. After so many scans, further marks are ignored at once.
  private var looksLeft = 8

  /// `source` is unfolded and free of control characters: see `unfolded(_:)`.
  init(_ source: [UInt8]) {
    self.source = source
    tokens.reserveCapacity(8)
    while position < source.count { readToken() }
  }

  private mutating func readToken() {
    switch source[position] {
    case .space:
      position += 1
      isApart = true
    case UInt8(ascii: "\""): readClosed(.quoted, by: Self.endOfQuoted)
    case UInt8(ascii: "("): readClosed(.comment, by: Self.endOfComment)
    case UInt8(ascii: "["): readClosed(.literal, by: Self.endOfLiteral)
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: ":"):
      add(.mark, to: position + 1)
    case UInt8(ascii: "="):
      if let word = EncodedWord.read(source, at: position) {
        isStrict = isStrict && word.isValid
        add(word.isValid ? .encodedWord : .brokenEncodedWord, to: word.end)
      } else {
        readWord()
      }
    default: readWord()
    }
  }

  private mutating func readClosed(_ kind: AddressToken.Kind, by end: ([UInt8], Int) -> Int?) {
    if looksLeft > 0, let end = end(source, position) {
      add(kind, to: end)
      isApart = isApart || kind == .comment
    } else {
      looksLeft -= 1
      isStrict = false
      position += 1
    }
  }

  private mutating func readWord() {
    var end = position
    while end < source.count, !Self.endsWord(source[end]) {
      let byte = source[end]
      isStrict = isStrict && (byte.isAtom || byte.is8Bit || byte == UInt8(ascii: "."))
      end += 1
    }
    add(.word, to: max(end, position + 1))
  }

  private mutating func add(_ kind: AddressToken.Kind, to end: Int) {
    tokens.append(AddressToken(kind: kind, start: position, end: end, follows: isApart))
    position = end
    isApart = false
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case .space, UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  private static func endOfQuoted(_ source: [UInt8], from start: Int) -> Int? {
    var index = start + 1
    while index < source.count {
      switch source[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return nil
  }

  private static func endOfComment(_ source: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var index = start
    while index < source.count {
      switch source[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\\"): index += 1
      default: break
      }
      index += 1
      if depth == 0 { return min(index, source.count) }
    }
    return nil
  }

  private static func endOfLiteral(_ source: [UInt8], from start: Int) -> Int? {
    var index = start + 1
    while index < source.count {
      switch source[index] {
      case UInt8(ascii: "]"): return index + 1
      case .space, UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"): return nil
      default: index += 1
      }
    }
    return nil
  }

  /// A field's value on one line: folds and tabs become blanks, ISO-2022-JP becomes encoded-words, other control
  /// characters go.
  /// - Returns: also whether there were control characters besides.
  static func unfolded(_ value: ArraySlice<UInt8>) -> (line: [UInt8], isClean: Bool) {
    var line: [UInt8] = []
    line.reserveCapacity(value.count)
    let readable = JISText.encoded(value)
    var isClean = readable == nil
    for byte in readable?[...] ?? value {
      if !byte.isControl {
        line.append(byte)
      } else if byte == .tab {
        line.append(.space)
      } else if byte != .cr && byte != .lf {
        isClean = false
      }
    }
    while line.last == .space { line.removeLast() }
    return (line, isClean)
  }
}
