// Japanese text that switches alphabets by escape sequences: raw ISO-2022-JP (RFC 1468) in a header. Its octets look
// like ASCII, quotes and brackets among them, so it becomes encoded-words before anything else reads the value.

import SMTP

enum JISText {
  private static let escape: UInt8 = 0x1b
  private static let label = Array("iso-2022-jp".utf8)
  /// Back to ASCII: every encoded-word ends with it (RFC 2047 §3, RFC 1468).
  private static let toASCII: [UInt8] = [escape, UInt8(ascii: "("), UInt8(ascii: "B")]
  /// What fits into one encoded-word between two escape sequences; even, because most characters have two octets.
  private static let octetsOfWord = 34

  /// The value with each stretch of ISO-2022-JP as encoded-words; what only looks like it stays. `nil`: there is none.
  static func encoded(_ value: ArraySlice<UInt8>) -> [UInt8]? {
    guard value.contains(escape) else { return nil }
    var output: [UInt8] = []
    var hasFound = false
    var index = value.startIndex
    while index < value.endIndex {
      if value[index] == escape, let stretch = Stretch(value[index...]) {
        hasFound = true
        if let last = output.last, !last.isBlank, !"\"(<".utf8.contains(last) { output.append(.space) }
        output += stretch.words
        index = stretch.end
        if index < value.endIndex, value[index].isAtom { output.append(.space) }
      } else {
        output.append(value[index])
        index += 1
      }
    }
    return hasFound ? output : nil
  }

  /// From the escape sequence that leaves ASCII to the one that returns to it.
  private struct Stretch {
    private(set) var words: [UInt8] = []
    private(set) var end: Int

    /// `nil` when it is not well-formed up to its end.
    init?(_ value: ArraySlice<UInt8>) {
      end = value.startIndex
      while let alphabet = Self.alphabet(at: value[end...]) {
        let start = end + alphabet.count
        var stop = start
        while stop < value.endIndex, value[stop] > 0x20, value[stop] < 0x7f { stop += 1 }
        guard stop < value.endIndex, value[stop] == escape else { return nil }
        append(alphabet, Array(value[start..<stop]))
        end = stop
      }
      let closing = value[end...].prefix(3)
      let isASCII = closing.elementsEqual(toASCII) || closing.elementsEqual(toASCII.dropLast() + [UInt8(ascii: "J")])
      guard isASCII, !words.isEmpty else { return nil }
      end += 3
    }

    /// JIS X 0208 and 0212, and half-width katakana.
    private static func alphabet(at rest: ArraySlice<UInt8>) -> [UInt8]? {
      let known = ["$@", "$B", "(I", "$(D"].map { [escape] + Array($0.utf8) }
      return known.first { rest.starts(with: $0) }
    }

    private mutating func append(_ alphabet: [UInt8], _ text: [UInt8]) {
      for start in stride(from: 0, to: text.count, by: octetsOfWord) {
        if !words.isEmpty { words.append(.space) }
        let part = text[start..<min(start + octetsOfWord, text.count)]
        words += Array("=?".utf8) + label + Array("?B?".utf8) + Base64.encode(alphabet + part + toASCII)
        words.append("?=")
      }
    }
  }
}
