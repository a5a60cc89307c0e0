// The metrics file as a support bundle shows it: lines of Prometheus' text format whose names, labels and values have the
// form that this program gives them.

enum ShownMetrics {
  private static let labels: Set<Substring> = [
    "entity", "app", "listener", "state", "class", "reason", "result", "kind", "le", "version",
  ]

  static func text(of file: String) -> String {
    file.split(whereSeparator: \.isNewline).compactMap(line).map { $0 + "\n" }.joined()
  }

  private static func line(_ line: Substring) -> String? {
    guard let match = line.wholeMatch(of: #/((?:letterhead|process)_[a-z_]{1,60})(\{[^}]*\})? (\S+)/#),
      let value = ["+Inf", "NaN"].first(where: { $0 == match.output.3 }) ?? PlainWord.number(match.output.3)
    else { return nil }
    guard let braces = match.output.2 else { return "\(match.output.1) \(value)" }
    let shown = braces.matches(of: #/([a-z_]+)="([^"]*)"/#).compactMap { label -> String? in
      guard labels.contains(label.output.1) else { return nil }
      return "\(label.output.1)=\"\(harmless(label.output.2) ?? "other")\""
    }
    return "\(match.output.1){\(shown.joined(separator: ","))} \(value)"
  }

  private static func harmless(_ value: Substring) -> String? {
    if value == "+Inf" { return String(value) }
    return PlainWord.name(value) ?? PlainWord.number(value) ?? PlainWord.version(value)
  }
}
