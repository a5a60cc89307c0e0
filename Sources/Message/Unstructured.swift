// Free text in a header (Subject, X-…): words beyond ASCII become encoded-words, all others stay. RFC 2047 §5 (1).

import SMTP

enum Unstructured {
  /// - Parameter text: on one line, in UTF-8.
  static func encode(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: \.is8Bit) else { return text }
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count * 2)
    var index = 0
    while index < text.count {
      var end = endOfWord(text, from: index)
      guard text[index..<end].contains(where: \.is8Bit) else {
        encoded += text[index..<end]
        index = end
        continue
      }
      end = endOfRun(text, from: end)
      let blanks = text[index..<end].prefix { $0.isBlank }
      encoded += blanks
      encoded += EncodedWord.encode(String(decoding: text[(index + blanks.count)..<end], as: UTF8.self))
      index = end
    }
    return encoded
  }

  /// ASCII text with each word that no line can hold as encoded-words.
  static func encodedLongWords(_ text: [UInt8]) -> [UInt8] {
    var encoded: [UInt8] = []
    var index = 0
    while index < text.count {
      let end = endOfWord(text, from: index)
      let blanks = text[index..<end].prefix { $0.isBlank }
      let word = text[(index + blanks.count)..<end]
      // Blanks without end would make a line too long as well.
      encoded += blanks.prefix(100)
      encoded += word.count < 900 ? Array(word) : EncodedWord.encode(String(decoding: word, as: UTF8.self))
      index = end
    }
    return encoded
  }

  /// Behind a word and the blanks before it.
  private static func endOfWord(_ text: [UInt8], from start: Int) -> Int {
    var end = start
    while end < text.count, text[end].isBlank { end += 1 }
    while end < text.count, !text[end].isBlank { end += 1 }
    return end
  }

  /// Adjacent words that both need encoding are encoded together, because readers drop the blank between two
  /// encoded-words.
  private static func endOfRun(_ text: [UInt8], from start: Int) -> Int {
    var end = start
    while end < text.count {
      let next = endOfWord(text, from: end)
      guard text[end..<next].contains(where: \.is8Bit) else { break }
      end = next
    }
    return end
  }
}
