// How many octets make one character, so that text can be cut between two characters without a table of its character
// set.

import SMTP

enum CharacterWidth: Sendable {
  case utf8
  /// ISO-8859, Windows-125x, KOI8.
  case single
  /// GBK, Big5, EUC, Shift_JIS, GB18030: an octet beyond ASCII and what belongs to it.
  case double(DoubleOctets)

  enum DoubleOctets: Sendable {
    /// GBK, Big5, EUC-KR.
    case plain
    /// Half-width katakana are single octets.
    case shiftJIS
    /// Three octets behind 0x8F.
    case eucJP
    /// Four octets when the second is a digit.
    case gb18030
  }

  /// - Parameter label: of the character set, in lower case.
  init(label: String) {
    switch label {
    case "utf-8", "utf8": self = .utf8
    case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932": self = .double(.shiftJIS)
    case "euc-jp", "x-euc-jp", "eucjp": self = .double(.eucJP)
    case "gb18030", "gb2312", "gbk", "x-gbk", "cp936", "windows-936": self = .double(.gb18030)
    case let label
    where label.hasPrefix("big5") || label.hasPrefix("euc-") || label.hasPrefix("gb") || label.hasPrefix("ks_c_5601")
      || ["cp949", "cp950", "windows-949", "windows-950", "uhc", "x-windows-949"].contains(label):
      self = .double(.plain)
    default: self = .single
    }
  }

  var isDouble: Bool {
    if case .double = self { true } else { false }
  }

  /// Behind the character that begins at `index`; never beyond the end.
  func end(ofCharacterAt index: Int, in octets: [UInt8]) -> Int {
    switch self {
    case .single: return index + 1
    case .utf8:
      var end = index + 1
      while end < octets.count, octets[end] & 0xc0 == 0x80 { end += 1 }
      return end
    case .double(let kind):
      guard octets[index] > 0x80 else { return index + 1 }
      return min(octets.count, index + Self.width(octets[index], octets[(index + 1)...].first, kind))
    }
  }

  private static func width(_ first: UInt8, _ second: UInt8?, _ kind: DoubleOctets) -> Int {
    guard let second else { return 1 }
    if kind == .gb18030, second.isDigit { return 4 }
    // No second octet is a quote, a comma or a bracket; a broken character must not hide one.
    if second < 0x40 || kind == .shiftJIS && (0xa1...0xdf).contains(first) { return 1 }
    return kind == .eucJP && first == 0x8f ? 3 : 2
  }
}
