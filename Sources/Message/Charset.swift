// Converts text of old character sets to UTF-8: those that a table of 32 entries covers. Text in other character sets
// stays encoded.

import SMTP

enum Charset {
  case utf8, western

  /// `nil` for a character set that is not known here.
  init?(_ name: some Collection<UInt8>) {
    // RFC 2231 §5 lets a language follow: `utf-8*de`.
    let label = String(decoding: name.prefix { $0 != UInt8(ascii: "*") }.map(\.lowercased), as: UTF8.self)
    switch label {
    case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
    case "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252": self = .western
    default: return nil
    }
  }

  static func isUTF8(_ bytes: some Collection<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// Raw 8-bit text does not name its character set. Text that is valid UTF-8 is almost always UTF-8; other text is
  /// taken for Windows-1252, which most programs that still send such headers use.
  static func guess(_ bytes: some Collection<UInt8>) -> [UInt8] {
    isUTF8(bytes) ? Array(bytes) : fromWestern(bytes)
  }

  static func fromWestern(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(western(byte)) }
    return Array(text.utf8)
  }

  private static func western(_ byte: UInt8) -> Unicode.Scalar {
    guard (0x80..<0xa0).contains(byte) else { return Unicode.Scalar(byte) }
    return Unicode.Scalar(windows1252[Int(byte) - 0x80]) ?? "\u{fffd}"
  }

  /// 0x80 to 0x9f. Codes that Windows-1252 does not define become the replacement character.
  private static let windows1252: [UInt16] = [
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
    0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
    0x0153, 0xfffd, 0x017e, 0x0178,
  ]
}
