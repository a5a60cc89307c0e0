// Raw 8-bit text of a header in the character set that the message declares for its text. It becomes encoded-words with
// that label and the octets as they are, so no table of any character set is needed. RFC 2047.

import SMTP

struct DeclaredCharset: Sendable {
  /// As the message writes it.
  let label: [UInt8]
  private let width: CharacterWidth
  /// Valid UTF-8 is never text of it.
  private let isWestern: Bool

  /// A longer label would leave no room in an encoded-word.
  private static let maximumLabelOctets = 40

  /// What `Content-Type` says. `nil` where nothing is declared, or a character set that has no raw 8-bit text.
  init?(of header: Header) {
    guard let type = header.first(.contentType) else { return nil }
    self.init(label: ParameterizedValue(parsing: type.value).parameter("charset") ?? [])
  }

  init?(label: [UInt8]) {
    let name = String(decoding: label.map(\.lowercased), as: UTF8.self)
    let isToken = label.allSatisfy { $0.isAlphanumeric || "-_.:+".utf8.contains($0) }
    guard !label.isEmpty, label.count <= Self.maximumLabelOctets, isToken, Charset(name.utf8) != .utf8 else {
      return nil
    }
    // Others are not made of single octets, or only say that nobody knows.
    if ["utf", "ucs", "iso-2022", "iso-10646", "hz-", "unknown", "x-unknown", "binary"].contains(where: name.hasPrefix)
    {
      return nil
    }
    self.label = label
    width = CharacterWidth(label: name)
    isWestern = Charset(name.utf8) == .western
  }

  /// Whether raw text is in this character set. A program may declare one for the body and write its header in UTF-8:
  /// four characters in a row that happen to be valid UTF-8 are UTF-8.
  func covers(_ text: some Collection<UInt8>) -> Bool {
    let beyondASCII = text.filter { $0.is8Bit }
    if beyondASCII.isEmpty { return false }
    if !Charset.isUTF8(text) { return true }
    return !isWestern && beyondASCII.count { $0 & 0xc0 != 0x80 } < 4
  }

  // MARK: Writing

  /// The octets as encoded-words with this label.
  func encoded(_ text: [UInt8]) -> [UInt8] {
    EncodedWord.encode(text, label: label, width: width)
  }

  /// Free text on one line: words beyond ASCII are encoded, all others stay.
  func encodedText(_ line: [UInt8]) -> [UInt8] {
    var writer = Writer(line, self, isDelimiter: \.isBlank)
    while !writer.isAtEnd { writer.takeRun() }
    return writer.output
  }

  /// The names in a list of addresses, on one line. Addresses stay as they are.
  func encodedNames(_ line: [UInt8]) -> [UInt8] {
    var writer = Writer(line, self, isDelimiter: \.endsName)
    while !writer.isAtEnd {
      if !writer.takeQuoted() { writer.takeRun() }
    }
    return writer.output
  }

  fileprivate func end(ofCharacterAt index: Int, in line: [UInt8]) -> Int {
    width.end(ofCharacterAt: index, in: line)
  }
}

extension DeclaredCharset {
  /// Goes over a line by characters: in some character sets the second octet of one may be a mark of the grammar.
  fileprivate struct Writer {
    let line: [UInt8]
    let charset: DeclaredCharset
    let isDelimiter: (UInt8) -> Bool
    private(set) var output: [UInt8] = []
    private var index = 0

    init(_ line: [UInt8], _ charset: DeclaredCharset, isDelimiter: @escaping (UInt8) -> Bool) {
      self.line = line
      self.charset = charset
      self.isDelimiter = isDelimiter
      output.reserveCapacity(line.count * 2)
    }

    var isAtEnd: Bool { index == line.count }

    /// Takes a delimiter, or the words that are encoded together: readers drop the blank between two encoded-words.
    mutating func takeRun() {
      let start = index
      var (end, is8Bit) = word(from: start)
      if end == start {
        output.append(line[start])
        index = start + 1
        return
      }
      while is8Bit, let next = nextWordBeyondASCII(behind: end) { end = next }
      let isInAddress = output.last == UInt8(ascii: "@") || isFollowedByAt(end)
      output += is8Bit && !isInAddress ? charset.encoded(Array(line[start..<end])) : Array(line[start..<end])
      index = end
    }

    private func word(from start: Int) -> (end: Int, is8Bit: Bool) {
      var end = start
      var is8Bit = false
      while end < line.count, !isDelimiter(line[end]) {
        is8Bit = is8Bit || line[end].is8Bit
        end = charset.end(ofCharacterAt: end, in: line)
      }
      return (end, is8Bit)
    }

    private func nextWordBeyondASCII(behind end: Int) -> Int? {
      var start = end
      while start < line.count, line[start].isBlank { start += 1 }
      let next = word(from: start)
      return start > end && next.is8Bit && !isFollowedByAt(next.end) ? next.end : nil
    }

    private func isFollowedByAt(_ end: Int) -> Bool { end < line.count && line[end] == UInt8(ascii: "@") }

    /// A quoted string with text beyond ASCII becomes encoded-words as a whole, without its quotes.
    mutating func takeQuoted() -> Bool {
      guard line[index] == UInt8(ascii: "\""), let (text, end) = quoted(from: index) else { return false }
      let isName = text.contains(where: \.is8Bit) && !isFollowedByAt(end)
      output += isName ? charset.encoded(text) : Array(line[index..<end])
      index = end
      return true
    }

    private func quoted(from start: Int) -> (text: [UInt8], end: Int)? {
      var text: [UInt8] = []
      var at = start + 1
      while at < line.count, line[at] != UInt8(ascii: "\"") {
        if line[at] == UInt8(ascii: "\\"), at + 1 < line.count { at += 1 }
        let next = charset.end(ofCharacterAt: at, in: line)
        text += line[at..<next]
        at = next
      }
      return at < line.count ? (text, at + 1) : nil
    }
  }
}

extension UInt8 {
  /// A blank, or a mark of an address list.
  fileprivate var endsName: Bool {
    switch self {
    case .space, .tab, UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
