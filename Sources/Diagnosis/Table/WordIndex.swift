// The index of the troubleshooting page: the provider's words in their alphabetical order, each with a link to its entry.

enum WordIndex {
  static var page: String {
    let rows = ReplyTable.chapters.dropLast().flatMap(\.rules).flatMap { rule in
      rule.samples.map { (words: withoutCodes($0.words), summary: rule.assessment.summary) }
    }
    let lines = rows.filter { !$0.words.isEmpty }.sorted { key($0.words) < key($1.words) }
      .map { "| `\($0.words.cell)` | \(link(to: $0.summary)) |" }
    return """
      ## By the provider's words

      | the provider says | what it means |
      |---|---|
      \(lines.deduplicated.joined(separator: "\n"))

      """
  }

  /// Without the numbers in front: people look for words.
  private static func withoutCodes(_ words: String) -> String {
    let text = words.drop { $0.isNumber || ".-: ".contains($0) }
    return text.count > 90 ? "\(text.prefix(90))…" : String(text)
  }

  private static func key(_ words: String) -> String { words.lowercased().filter { $0.isLetter || $0 == " " } }

  /// As GitHub makes anchors of headings.
  private static func link(to summary: String) -> String {
    let heading = Placeholders.onPaper.fill(summary).capitalizedFirst
    let anchor = heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
      .replacing(" ", with: "-")
    return "[\(heading.cell)](#\(anchor))"
  }
}

extension String {
  /// Fit for a cell of a table.
  fileprivate var cell: String { replacing("|", with: "\\|") }
}

extension Array where Element: Hashable {
  /// Each once, in the order of its first.
  var deduplicated: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
