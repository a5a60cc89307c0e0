// How the lines of a file make statements. Every line that says something belongs to exactly one, which is how an import
// knows that it has spoken of each.

/// The grammar of a file above that of a line.
enum StatementFormat: Sendable {
  /// Each line is one; `#` begins a remark.
  case lines
  /// A line that begins with a blank goes on with the one before; remarks and empty lines may stand between them.
  case continued
  /// The same, with `;` for remarks as well and `[sections]`, on which no line goes on.
  case sections
  /// Each line is one but for those that only open a block.
  case blocks
  /// The file is one statement.
  case whole

  private static let longest = 1 << 16

  func statements(of file: ForeignFile) -> [Sourced<String>] {
    if self == .whole {
      let text = file.lines.joined(separator: "\n")
      return text.trimmed.isEmpty ? [] : [Sourced(text, file.place(of: 0))]
    }
    var statements: [Sourced<String>] = []
    for (text, source) in file.placed {
      let content = self == .blocks ? YAMLSubsetReader.withoutRemark(text).trimmed : text.trimmed
      if content.isEmpty || isRemark(content) { continue }
      if goesOn(text), let last = statements.last, accepts(last.value) {
        guard last.value.utf8.count < Self.longest else { continue }
        statements[statements.count - 1] = Sourced("\(last.value) \(content)", last.source)
      } else {
        statements.append(Sourced(content, source))
      }
    }
    return statements
  }

  private func isRemark(_ content: String) -> Bool {
    if content.hasPrefix("#") { return true }
    switch self {
    case .sections: return content.hasPrefix(";")
    case .blocks:
      let words = content.words.drop { $0 == "-" }
      return content == "---" || words.isEmpty || words.count == 1 && content.hasSuffix(":")
    case .lines, .continued, .whole: return false
    }
  }

  private func goesOn(_ text: String) -> Bool {
    (self == .continued || self == .sections) && (text.first == " " || text.first == "\t")
  }

  private func accepts(_ statement: String) -> Bool { self == .continued || !statement.hasPrefix("[") }
}
