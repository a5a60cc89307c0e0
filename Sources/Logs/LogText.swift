// How a text of anybody's becomes part of a line: nothing in it ends the line, leaves its place, or steers a terminal, and
// it is never longer than `mostOctets`.

import Platform

enum LogText {
  /// What is longer is cut, and ends with `…`.
  static let mostOctets = 1000

  /// As the value of a logfmt field: alone where that is unambiguous, else in quotes.
  static func appendLogfmt(_ text: String, to line: inout [UInt8]) {
    if text.utf8.count <= mostOctets, isBare(text) {
      line.append(contentsOf: text.utf8)
    } else {
      appendQuoted(text, to: &line)
    }
  }

  /// As a string of JSON. logfmt has the same quotes.
  static func appendQuoted(_ text: String, to line: inout [UInt8]) {
    let text = cut(text)
    line.append(UInt8(ascii: "\""))
    if isPlain(text) {
      line.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { append(scalar, to: &line) }
    }
    line.append(UInt8(ascii: "\""))
  }

  /// For the journal, which takes any octets: line ends stay, and what steers is shown.
  static func journalValue(_ text: String) -> String {
    cut(text).harmless(keeping: ["\n"]) { $0.inJSON }
  }

  private static func append(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
    switch scalar {
    case "\"": line.append(contentsOf: "\\\"".utf8)
    case "\\": line.append(contentsOf: "\\\\".utf8)
    case "\n": line.append(contentsOf: "\\n".utf8)
    case "\r": line.append(contentsOf: "\\r".utf8)
    case "\t": line.append(contentsOf: "\\t".utf8)
    default:
      if scalar.steers { line.append(contentsOf: scalar.inJSON.utf8) } else { line.append(contentsOf: scalar.utf8) }
    }
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > mostOctets else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: mostOctets)
    // Not in the middle of a scalar.
    while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
    return String(text.unicodeScalars[..<end]) + "…"
  }

  private static func isBare(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
  }
}
