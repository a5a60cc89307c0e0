// Long lines of a header broken at blanks. RFC 5322 §2.1.1: at most 998 octets, better 78.

import SMTP

enum Folding {
  static let preferredOctets = 78
  static let maximumOctets = 998

  /// The value with a line break before a blank wherever a line would exceed `limit`. Only blanks between two words are
  /// used: a line of nothing but blanks could be taken for the end of the header.
  /// - Parameters:
  ///   - value: on one line.
  ///   - used: octets that stand in front of it on its first line.
  static func folded(_ value: [UInt8], used: Int, limit: Int = preferredOctets) -> [UInt8] {
    if used + value.count <= limit { return value }
    var folded: [UInt8] = []
    folded.reserveCapacity(value.count + value.count / 30)
    var column = used
    var wordStart = 0
    while wordStart < value.count {
      // A word is its leading blanks and what follows up to the next blank.
      var wordEnd = wordStart
      while wordEnd < value.count, value[wordEnd].isBlank { wordEnd += 1 }
      while wordEnd < value.count, !value[wordEnd].isBlank { wordEnd += 1 }
      let isText = !value[wordEnd - 1].isBlank
      if column + wordEnd - wordStart > limit, wordStart > 0, isText {
        folded += [UInt8].crlf
        column = 0
      }
      folded += value[wordStart..<wordEnd]
      column += wordEnd - wordStart
      wordStart = wordEnd
    }
    return folded
  }
}

extension Header.Field {
  /// A field that Letterhead writes, folded. `value` is on one line, without control characters.
  init(_ name: FieldName, folding value: [UInt8]) {
    self.init(name, value: Folding.folded(value, used: name.text.utf8CodeUnitCount + 2))
  }
}
