// A person's name in a header: kept in the app's own form where that is valid, else written anew. What is written
// cannot end a line or begin an address, and has no `@` outside quotes, which Microsoft misreads.

import SMTP

package struct DisplayName: Equatable, Sendable {
  private enum Source: Equatable {
    /// A phrase in a form that can be sent as it is.
    case kept([UInt8])
    case phrase([UInt8])
    /// With its parentheses.
    case comment([UInt8])
    case plain([UInt8])
  }
  private let source: Source

  /// A longer name is cut before it is sent.
  private static let maximumOctets = 400
  /// The most octets of a name that are read: bounds the work for one name.
  private static let readOctets = 2000

  /// The words in front of `<`, and what stands between them.
  init?(phrase tokens: ArraySlice<AddressToken>, of source: [UInt8]) {
    guard let first = tokens.first, let last = tokens.last else { return nil }
    let phrase = Array(source[first.start..<last.end].prefix(Self.readOctets))
    self.source = Self.isFitToKeep(tokens, of: source) ? .kept(phrase) : .phrase(phrase)
  }

  init(comment: ArraySlice<UInt8>) { source = .comment(Array(comment.prefix(Self.readOctets))) }

  /// Text from the configuration or a provider.
  package init(_ text: String) { source = .plain(Array(text.utf8.prefix(Self.readOctets))) }

  /// A phrase ready for a header, without line ends; `nil` when nothing that can be shown is left.
  package var encoded: [UInt8]? {
    if case .kept(let phrase) = source { return phrase }
    return pieces.encoded(limit: Self.maximumOctets)
  }

  /// What a person reads.
  package var text: String { pieces.text }

  private var pieces: Pieces {
    var pieces = Pieces()
    switch source {
    case .kept(let phrase), .phrase(let phrase): pieces.add(AddressTokens(phrase).tokens, of: phrase)
    case .comment(let comment): pieces.add(comment: comment)
    case .plain(let text): pieces.add(text)
    }
    return pieces
  }

  /// Atoms, quoted strings and encoded-words as RFC 5322 has them today, all ASCII, with blanks between them.
  private static func isFitToKeep(_ tokens: ArraySlice<AddressToken>, of source: [UInt8]) -> Bool {
    var end = tokens.first?.start ?? 0
    guard let last = tokens.last, last.end - end <= maximumOctets else { return false }
    for token in tokens {
      let isFirst = token.start == tokens[tokens.startIndex].start
      // Something other than a blank stands between two words: a quote that is not closed.
      if !isFirst, token.start == end || !source[end..<token.start].allSatisfy({ $0 == .space }) { return false }
      if !isFitToKeep(token, of: source) { return false }
      end = token.end
    }
    return true
  }

  private static func isFitToKeep(_ token: AddressToken, of source: [UInt8]) -> Bool {
    let octets = source[token.start..<token.end]
    switch token.kind {
    case .comment, .literal, .mark, .brokenEncodedWord: return false
    case .word: return octets.allSatisfy(\.isAtom)
    // Some readers decode encoded-words between quotes, where RFC 2047 §5 (3) forbids them.
    case .quoted: return octets.count > 2 && !octets.contains(where: \.is8Bit) && !EncodedWord.mayBe(in: octets)
    case .encodedWord: return true
    }
  }
}

/// A name taken apart: text in UTF-8, and encoded-words whose character set is unknown here.
private struct Pieces {
  private enum Piece {
    case text([UInt8])
    case encodedWord([UInt8])
  }
  private var pieces: [Piece] = []

  mutating func add(_ tokens: [AddressToken], of source: [UInt8]) {
    var wasEncoded = false
    for token in tokens where token.kind != .comment {
      let isEncoded = token.kind == .encodedWord || token.kind == .brokenEncodedWord
      // The blank between two encoded-words is not text (RFC 2047 §6.2).
      if token.follows, !(wasEncoded && isEncoded) { add([.space]) }
      switch token.kind {
      case .encodedWord, .brokenEncodedWord: add(encodedWord: source, at: token.start)
      case .quoted: add(freeText: unescaped(source[token.start + 1..<token.end - 1]))
      default: add(Charset.guess(source[token.start..<token.end]))
      }
      wasEncoded = isEncoded
    }
  }

  mutating func add(comment: [UInt8]) { add(freeText: unescaped(comment.dropFirst().dropLast())) }

  /// Decodes encoded-words anywhere in the text: apps that write them between quotes or next to letters mean them so.
  private mutating func add(freeText content: [UInt8]) {
    var plain: [UInt8] = []
    var index = 0
    while index < content.count {
      if content[index] == UInt8(ascii: "="), let word = EncodedWord.read(content, at: index) {
        add(Charset.guess(plain))
        plain = []
        add(encodedWord: content, at: index)
        index = word.end
      } else {
        plain.append(content[index])
        index += 1
      }
    }
    add(Charset.guess(plain))
  }

  private mutating func add(encodedWord source: [UInt8], at start: Int) {
    guard let word = EncodedWord.read(source, at: start) else { return }
    if let text = word.text {
      add(text)
    } else if word.isValid {
      pieces.append(.encodedWord(Array(source[start..<word.end])))
    } else {
      add(Charset.guess(source[start..<word.end]))
    }
  }

  mutating func add(_ text: [UInt8]) {
    let clean = text.withoutControls
    if case .text(let before) = pieces.last {
      pieces[pieces.count - 1] = .text(before + clean)
    } else {
      pieces.append(.text(clean))
    }
  }

  private func unescaped(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var isEscaped = false
    for byte in content {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
      } else {
        plain.append(byte)
        isEscaped = false
      }
    }
    return plain
  }

  var text: String {
    pieces.map { piece in
      switch piece {
      case .text(let bytes), .encodedWord(let bytes): String(decoding: bytes, as: UTF8.self)
      }
    }.joined(separator: " ")
  }

  func encoded(limit: Int) -> [UInt8]? {
    var phrase: [UInt8] = []
    for piece in pieces {
      let words: [UInt8]
      switch piece {
      case .text(let bytes): words = Phrase.encode(bytes, limit: limit)
      case .encodedWord(let bytes): words = bytes
      }
      if words.isEmpty || phrase.count + words.count > limit * 4 { continue }
      if !phrase.isEmpty { phrase.append(.space) }
      phrase += words
    }
    return phrase.isEmpty ? nil : phrase
  }
}

enum Phrase {
  /// Text as a phrase: plain words, else a quoted string, else encoded-words. `text` is in UTF-8 or nearly so.
  static func encode(_ text: [UInt8], limit: Int = 400) -> [UInt8] {
    let blanksMerged = text.split(whereSeparator: { $0 == .space || $0.isControl }).joined(separator: [.space])
    let trimmed = cut(Array(blanksMerged), to: limit)
    if trimmed.contains(where: \.is8Bit) || EncodedWord.mayBe(in: trimmed[...]) {
      return EncodedWord.encode(String(decoding: trimmed, as: UTF8.self))
    }
    let isPlain = trimmed.allSatisfy { $0.isAtom && $0 != UInt8(ascii: "=") || $0 == .space }
    return isPlain ? trimmed : quoted(trimmed)
  }

  static func quoted(_ text: [UInt8]) -> [UInt8] {
    var quoted = [UInt8(ascii: "\"")]
    for byte in text where !byte.isControl {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
      quoted.append(byte)
    }
    quoted.append(UInt8(ascii: "\""))
    return quoted
  }

  /// Between two characters.
  static func cut(_ text: [UInt8], to limit: Int) -> [UInt8] {
    guard text.count > limit else { return text }
    var end = limit
    while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(text[..<end])
  }
}
