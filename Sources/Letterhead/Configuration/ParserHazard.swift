// Finds what would make the TOML library end the process, by an assertion or for want of stack, instead of throwing. Not
// a check of syntax: the library makes that of everything else.

/// A place in a file of which the library must not be asked.
struct ParserHazard: Equatable {
  enum Kind {
    /// A table header whose name begins with what cannot begin a name, such as `[` alone on a line.
    case namelessTable
    /// `}` behind `[` or `,`, such as `[}`: wrong in each place where TOML knows it.
    case lostBrace
    /// The library goes down a name by recursion.
    case longName
  }

  /// Of the parts of one name, as many as anybody's.
  private static let mostDots = 30

  let kind: Kind
  let line: Int

  /// - Returns: the first in the text; `nil` where the library may be asked.
  static func first(in text: String) -> ParserHazard? {
    var rest = text.utf8[...]
    // A byte order mark may stand in front of the first line.
    if rest.starts(with: "\u{FEFF}".utf8) { rest = rest.dropFirst(3) }
    // The last octet that is no blank; the line's end, unless an array goes on behind it.
    var before = newline
    var dots = 0
    while let octet = rest.first {
      if let kind = dots > mostDots ? .longName : kind(of: rest, behind: before) {
        return ParserHazard(kind: kind, line: text.utf8[..<rest.startIndex].count { $0 == newline } + 1)
      }
      switch octet {
      case UInt8(ascii: "#"): rest = rest.drop { $0 != newline }
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        rest = behindString(rest)
        before = octet
      default:
        rest = rest.dropFirst()
        if octet == newline ? !leavesOpen(before) : !isBlank(octet) { before = octet }
        dots = octet == UInt8(ascii: ".") ? dots + 1 : endsName(octet) ? 0 : dots
      }
    }
    return nil
  }

  /// What is wrong, and how it is written.
  var sentence: String {
    switch kind {
    case .namelessTable: "A table has no name here. Write it as in [entity.acme]."
    case .longName: "A name has more parts here than any that Letterhead knows."
    case .lostBrace: "A } stands here where a value or a ] is missing before it."
    }
  }
}

extension ParserHazard {
  private static let newline = UInt8(ascii: "\n")

  private static func kind(of text: Substring.UTF8View, behind before: UInt8) -> Kind? {
    switch text.first {
    case UInt8(ascii: "}") where leavesOpen(before): .lostBrace
    case UInt8(ascii: "[") where before == newline: isNameless(text) ? .namelessTable : nil
    default: nil
    }
  }

  /// A value is still to come, on this line or on a later one.
  private static func leavesOpen(_ octet: UInt8) -> Bool { octet == UInt8(ascii: "[") || octet == UInt8(ascii: ",") }

  private static func endsName(_ octet: UInt8) -> Bool { octet == newline || "=[]{},".utf8.contains(octet) }

  private static func isNameless(_ header: Substring.UTF8View) -> Bool {
    var rest = header.dropFirst().drop(while: isBlank)
    if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop(while: isBlank) }
    return rest.first.map { !nameBeginnings.contains($0) } ?? true
  }

  /// What a name begins with; and `]`, for which the library throws.
  private static let nameBeginnings = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_\"']".utf8)

  private static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

  /// What follows the string that begins here. One that does not end ends with its line, or with the text where it may
  /// have several lines.
  private static func behindString(_ text: Substring.UTF8View) -> Substring.UTF8View {
    guard let quote = text.first else { return text }
    let hasEscapes = quote == UInt8(ascii: "\"")
    let isLong = text.starts(with: [quote, quote, quote])
    let end = [UInt8](repeating: quote, count: isLong ? 3 : 1)
    var rest = text.dropFirst(end.count)
    while let octet = rest.first, !rest.starts(with: end) {
      if octet == newline, !isLong { return rest }
      rest = rest.dropFirst(hasEscapes && octet == UInt8(ascii: "\\") ? 2 : 1)
    }
    return rest.dropFirst(end.count)
  }
}
