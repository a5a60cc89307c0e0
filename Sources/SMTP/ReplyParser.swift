// Reads a provider's replies, which may have several lines, up to a bounded size. RFC 5321 §4.2, 2034 §4. Takes what
// does no harm: lines that end in LF alone, lines without text, an enhanced code that differs between lines.

package enum ReplyError: Error, Equatable, Sendable {
  /// Not a line of a reply. The peer may be no mail server; the first octets may tell what it is.
  case malformed([UInt8])
  /// Two lines of one reply have different codes. Which of them counts cannot be known.
  case mixedCodes(first: Int, then: Int)
  /// Over 64 KiB, or over 512 lines.
  case tooLarge
}

/// Keeps the beginning of a reply until its last line has come.
package struct ReplyParser: Sendable {
  private static let maximumOctets = 65_536
  private static let maximumLines = 512

  private var code: Int?
  private var enhanced: EnhancedCode?
  private var lines: [String] = []
  private var octets = 0

  package init() {}

  /// The next reply, or `nil` until more octets have been received. After an error the session must be closed.
  package mutating func parse(from buffer: inout LineBuffer) throws(ReplyError) -> Reply? {
    while let line = buffer.nextLine(limit: Self.maximumOctets) {
      guard case .octets(let line) = line else { throw .tooLarge }
      octets += line.count + 2
      guard octets <= Self.maximumOctets, lines.count < Self.maximumLines else { throw .tooLarge }
      if try read(line) { return finish() }
    }
    if buffer.isSkipping { throw .tooLarge }
    return nil
  }

  /// Returns whether it was the last line.
  private mutating func read(_ line: Octets) throws(ReplyError) -> Bool {
    guard line.count >= 3, let code = Cursor.number(line.prefix(3)), (200..<600).contains(code) else {
      throw .malformed(Array(line.prefix(64)))
    }
    if let first = self.code, first != code { throw .mixedCodes(first: first, then: code) }
    self.code = code
    let rest = line.dropFirst(3)
    guard let separator = rest.first else {
      lines.append("")
      return true
    }
    guard separator.isBlank || separator == UInt8(ascii: "-") else { throw .malformed(Array(line.prefix(64))) }
    lines.append(text(of: rest.dropFirst()))
    return separator != UInt8(ascii: "-")
  }

  /// The text without the enhanced code. A code that differs from the first line's stays in the text.
  private mutating func text(of octets: Octets) -> String {
    var cursor = Cursor(octets)
    guard let found = cursor.takeEnhancedCode(), lines.isEmpty || found == enhanced else {
      return String(provided: octets)
    }
    enhanced = found
    return String(provided: cursor.rest)
  }

  private mutating func finish() -> Reply? {
    defer { self = ReplyParser() }
    return code.map { Reply($0, enhanced, lines: lines) }
  }
}

extension Cursor {
  /// `5.7.1` and the blank behind it, and nothing when it is not wholly there.
  fileprivate mutating func takeEnhancedCode() -> EnhancedCode? {
    var cursor = self
    let kind = cursor.take(while: \.isDigit)
    guard kind.count == 1, let kind = Cursor.number(kind), [2, 4, 5].contains(kind), cursor.take(.dot),
      let subject = cursor.takeCodePart(), cursor.take(.dot), let detail = cursor.takeCodePart(),
      cursor.take(.space) || cursor.isAtEnd
    else { return nil }
    self = cursor
    return EnhancedCode(kind, subject, detail)
  }

  private mutating func takeCodePart() -> Int? {
    let digits = take(while: \.isDigit)
    return digits.count <= 3 ? Cursor.number(digits) : nil
  }
}

extension String {
  /// Text from outside, to be shown to people: control characters become question marks, so that no reply can steer a
  /// terminal or forge a log line.
  fileprivate init(provided octets: Octets) {
    let text = String(decoding: octets, as: UTF8.self)
    let isClean = octets.allSatisfy { !$0.isControl && $0 < 0x80 }
    self = isClean ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isSteering ? "?" : $0 }))
  }
}

extension Unicode.Scalar {
  fileprivate var isSteering: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: self != "\t"
    default: false
    }
  }
}
