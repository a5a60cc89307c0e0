// The files of another program, as the parsers read them. Who gathers them is handed in: a disk, a test's folder, a
// fuzzer. Their text is hostile, so sizes and counts have caps.

/// Reads the files that a configuration names.
package struct ForeignFiles: Sendable {
  /// Of one file, in octets.
  package static let sizeLimit = 1 << 20
  /// Of one import.
  static let countLimit = 64

  package enum Contents: Sendable {
    /// - mode: the permissions, as in `stat`.
    case octets([UInt8], mode: UInt32)
    case missing
    case tooLarge
    /// The system's words.
    case unreadable(String)
  }

  let contents: @Sendable (_ path: String) -> Contents

  package init(_ contents: @escaping @Sendable (_ path: String) -> Contents) {
    self.contents = contents
  }
}

/// One file, as lines of text.
struct ForeignFile: Sendable {
  let path: String
  /// Without their ends and without control characters, a tab aside.
  let lines: [String]
  /// It is UTF-8. Anything else was read as Latin-1, which every octet is.
  let isUTF8: Bool
  let hadNUL: Bool
  /// What it says, remarks left out; a statement is where its first line is.
  private(set) var statements: [Sourced<String>] = []

  init(path: String, octets: [UInt8], as format: StatementFormat = .lines) {
    self.path = path
    hadNUL = octets.contains(0)
    let text = String(validating: octets, as: UTF8.self)
    isUTF8 = text != nil
    let whole = text ?? String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    // By scalars: to Swift, CR and LF together are one character.
    lines = whole.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(String.UnicodeScalarView(line.filter { !$0.isControl }))
    }
    statements = format.statements(of: self)
  }

  func place(of index: Int) -> SourceLine { SourceLine(file: path, line: index + 1) }

  /// The lines with their places.
  var placed: [(text: String, source: SourceLine)] {
    lines.enumerated().map { ($1, place(of: $0)) }
  }
}

extension Unicode.Scalar {
  /// C0 but for the tab, DEL, C1.
  fileprivate var isControl: Bool { value < 0x20 && value != 0x09 || (0x7F...0x9F).contains(value) }
}

extension StringProtocol {
  /// Without blanks and tabs at both ends.
  var trimmed: String {
    let text = String(self)
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isBlank }), let last = scalars.lastIndex(where: { !$0.isBlank })
    else {
      return ""
    }
    return String(scalars[first...last])
  }

  /// At the first of `separators`, which the parts do not hold.
  func halves(at separators: Character...) -> (before: String, after: String)? {
    guard let place = firstIndex(where: separators.contains) else { return nil }
    return (String(self[..<place]), String(self[index(after: place)...]))
  }

  /// The words between blanks and tabs.
  var words: [String] { String(self).split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init) }

  /// The items of a list with commas, blanks or both.
  var listed: [String] { String(self).split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," }).map(String.init) }

  /// Without the quotes around it.
  var unquoted: String {
    guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return String(self) }
    return String(dropFirst().dropLast())
  }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\r" }
}
