// Examples/letterhead.toml, written from the declarations of all keys.

/// The example file: each key with its sentence, as a comment where its default does for one company on one host.
package enum ConfigurationExample {
  private static let width = 120

  package static var text: String {
    let opening = """
      /etc/letterhead/letterhead.toml: one company on one host. `letterhead check` reads it and says what is wrong, by \
      line. A key that is commented out stands at its default, or at an example where it has none.
      """
    return ([comment(opening)] + ConfigurationTables.descriptions.map(text(of:))).joined(separator: "\n\n") + "\n"
  }

  private static func text(of table: TableDescription) -> String {
    var blocks: [String] = []
    if let header = table.header {
      blocks.append(comment(table.sentence) + "\n" + (table.isInExample ? header : "# \(header)"))
    }
    blocks += table.keys.map(text(of:))
    return blocks.joined(separator: table.header == nil ? "\n\n" : "\n")
  }

  private static func text(of key: KeyDescription) -> String {
    var sentence = key.sentence
    if let usual = key.usual, usual != key.example?.toml { sentence += " Default: \(usual)." }
    let choices = key.takes.hasPrefix("one of ") ? " # \(key.takes)" : ""
    let line = "\(key.name) = \(key.example?.toml ?? "…")\(choices)"
    return comment(sentence) + "\n" + (key.isInExample ? line : "# \(line)")
  }

  /// Lines of words behind `#`.
  private static func comment(_ text: String) -> String {
    var lines = ["#"]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + 1 + word.count > width { lines.append("#") }
      lines[lines.count - 1] += " \(word)"
    }
    return lines.joined(separator: "\n")
  }
}
