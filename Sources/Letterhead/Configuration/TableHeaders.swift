// Finds a table header at which the TOML library would end the process instead of throwing: one whose name begins with
// a character that cannot begin a name, such as `[` alone on a line.

enum TableHeaders {
  /// The line of the first such header. Looks at the beginning of lines only: an array within an array that begins a
  /// line with anything but a word or a string is reported too, but no key takes such a value.
  static func firstNameless(in text: String) -> Int? {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { isNameless($0) }.map { $0 + 1 }
  }

  private static func isNameless(_ line: Substring.UTF8View) -> Bool {
    // A byte order mark may stand in front of the first line.
    var rest = line.starts(with: "\u{FEFF}".utf8) ? line.dropFirst(3) : line
    rest = rest.drop(while: isBlank)
    guard rest.first == UInt8(ascii: "[") else { return false }
    rest = rest.dropFirst().drop(while: isBlank)
    if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop(while: isBlank) }
    guard let first = rest.first else { return true }
    return !beginnings.contains(first)
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

  /// What a name begins with; and `]`, for which the library throws.
  private static let beginnings = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_\"']".utf8)
}
