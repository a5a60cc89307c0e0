// Text beyond ASCII in a header: `=?utf-8?Q?J=C3=B6rg?=`. RFC 2047, as display names and unstructured fields need it.

import SMTP

package enum EncodedWord {
  /// RFC 2047 §2.
  static let maximumOctets = 75

  /// The text has `=?`, which a reader may take for the start of an encoded-word.
  static func mayBe(in text: ArraySlice<UInt8>) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
  }

  // MARK: Encoding

  /// The text as encoded-words with a space between them, each of whole characters, fit for a display name.
  ///
  /// Text is `=?utf-8?Q?…?=` while most of it stays readable, else `=?utf-8?B?…?=`.
  package static func encode(_ text: String) -> [UInt8] {
    encode(Array(text.utf8), label: Array("utf-8".utf8), width: .utf8)
  }

  /// The same for octets of any character set in which ASCII is ASCII.
  static func encode(_ octets: [UInt8], label: [UInt8], width: CharacterWidth) -> [UInt8] {
    // Of a character of two octets, a letter as the second does not make the text readable.
    let isQ = !width.isDouble && octets.count(where: \.is8Bit) * 2 <= octets.count
    let room = maximumOctets - label.count - 7
    return isQ
      ? words(of: octets, label: label, marked: "Q", room: room, width: width, cost: costInQ, write: appendQ)
      // Four characters for three octets.
      : words(of: octets, label: label, marked: "B", room: room / 4 * 3, width: width, cost: \.count) {
        $1 += Base64.encode($0)
      }
  }

  private static func words(
    of octets: [UInt8], label: [UInt8], marked mark: StaticString, room: Int, width: CharacterWidth,
    cost: (ArraySlice<UInt8>) -> Int, write: (ArraySlice<UInt8>, inout [UInt8]) -> Void
  ) -> [UInt8] {
    var words: [UInt8] = []
    var start = 0
    while start < octets.count {
      let end = endOfWord(octets, from: start, room: room, width: width, cost: cost)
      if start > 0 { words.append(.space) }
      words.append("=?")
      words += label
      words.append("?")
      words.append(mark)
      words.append("?")
      write(octets[start..<end], &words)
      words.append("?=")
      start = end
    }
    return words
  }

  private static func endOfWord(
    _ octets: [UInt8], from start: Int, room: Int, width: CharacterWidth, cost: (ArraySlice<UInt8>) -> Int
  ) -> Int {
    var end = start
    var used = 0
    while end < octets.count {
      let next = width.end(ofCharacterAt: end, in: octets)
      used += cost(octets[end..<next])
      if used > room, end > start { break }
      end = next
    }
    return end
  }

  /// Octets that need no encoding in a phrase (RFC 2047 §5 (3)).
  private static func isPlainInQ(_ byte: UInt8) -> Bool {
    byte.isAlphanumeric || byte == .space || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "*")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
  }

  private static func costInQ(_ octets: ArraySlice<UInt8>) -> Int {
    octets.reduce(0) { $0 + (isPlainInQ($1) ? 1 : 3) }
  }

  private static func appendQ(_ octets: ArraySlice<UInt8>, to word: inout [UInt8]) {
    for byte in octets {
      if byte == .space {
        word.append(UInt8(ascii: "_"))
      } else if isPlainInQ(byte) {
        word.append(byte)
      } else {
        Hexadecimal.append(byte, after: UInt8(ascii: "="), to: &word)
      }
    }
  }

  // MARK: Reading

  /// One encoded-word as found.
  struct Reading: Equatable {
    /// Behind its `?=`.
    let end: Int
    /// In UTF-8, control characters left out; `nil` when its character set is unknown here.
    let text: [UInt8]?
    /// Exactly as RFC 2047 asks for in a display name: it can be passed on.
    let isValid: Bool
  }

  /// Reads the encoded-word that starts at `start`; also broken ones: with blanks inside, too long, cut in a character.
  static func read(_ source: [UInt8], at start: Int) -> Reading? {
    guard let parts = Parts(source, at: start) else { return nil }
    let isQ = parts.encoding.lowercased == UInt8(ascii: "q")
    let content = source[parts.content]
    guard let octets = isQ ? decodeQ(content) : Base64.decode(content) else { return nil }
    let isWellFormed =
      parts.content.upperBound + 2 - start <= maximumOctets && !octets.isEmpty
      && (!isQ || content.allSatisfy { $0.isAtom || $0 == UInt8(ascii: ".") })
    let end = parts.content.upperBound + 2
    guard let charset = Charset(source[parts.charset]) else {
      // Other control characters switch alphabets in some (ISO-2022-JP).
      let endsLine = octets.contains { $0 == .cr || $0 == .lf || $0 == 0 }
      return Reading(end: end, text: nil, isValid: isWellFormed && !endsLine)
    }
    let isReadable = octets.allSatisfy { !$0.isControl } && (charset == .western || Charset.isUTF8(octets))
    let text = charset == .utf8 ? octets : Charset.fromWestern(octets)
    return Reading(end: end, text: text.withoutControls, isValid: isWellFormed && isReadable)
  }

  private struct Parts {
    var charset: Range<Int>
    var encoding: UInt8
    var content: Range<Int>

    /// The three parts together may have 1,000 octets. A longer search would make reading a header quadratic.
    init?(_ source: [UInt8], at start: Int) {
      let limit = min(source.count, start + 1000)
      guard start + 1 < limit, source[start] == UInt8(ascii: "="), source[start + 1] == UInt8(ascii: "?") else {
        return nil
      }
      let question = UInt8(ascii: "?")
      var index = start + 2
      while index < limit, source[index].isAtom, source[index] != question { index += 1 }
      charset = start + 2..<index
      guard !charset.isEmpty, index + 2 < limit, source[index] == question, source[index + 2] == question else {
        return nil
      }
      encoding = source[index + 1]
      guard encoding.lowercased == UInt8(ascii: "q") || encoding.lowercased == UInt8(ascii: "b") else { return nil }
      let contentStart = index + 3
      index = contentStart
      while index < limit, source[index] != question { index += 1 }
      guard index + 1 < limit, source[index + 1] == UInt8(ascii: "=") else { return nil }
      content = contentStart..<index
    }
  }

  private static func decodeQ(_ content: ArraySlice<UInt8>) -> [UInt8]? {
    var octets: [UInt8] = []
    var index = content.startIndex
    while index < content.endIndex {
      let byte = content[index]
      if byte == UInt8(ascii: "=") {
        guard index + 2 < content.endIndex, let octet = Hexadecimal.octet(content[index + 1], content[index + 2]) else {
          return nil
        }
        octets.append(octet)
        index += 3
      } else {
        octets.append(byte == UInt8(ascii: "_") ? .space : byte)
        index += 1
      }
    }
    return octets
  }
}

enum Hexadecimal {
  private static let digits = Array("0123456789ABCDEF".utf8)

  static func append(_ byte: UInt8, after mark: UInt8, to bytes: inout [UInt8]) {
    bytes.append(mark)
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 15)])
  }

  static func octet(_ high: UInt8, _ low: UInt8) -> UInt8? {
    guard let high = value(high), let low = value(low) else { return nil }
    return high << 4 | low
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit.lowercased {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit.lowercased - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
