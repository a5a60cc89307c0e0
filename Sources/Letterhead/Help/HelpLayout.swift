// What is arranged in the help that ArgumentParser writes: a usage fits the terminal, and a group of commands has its name alone.

package enum HelpLayout {
  /// - Parameters:
  ///   - text: a help, or what is said of a command written wrongly.
  ///   - width: of the terminal.
  package static func arranged(_ text: String, to width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("USAGE: ") || line.hasPrefix("Usage: ") { return usage(line, to: width) }
      return line.hasSuffix(groupEnd) ? "\(line.dropLast(groupEnd.count)):" : String(line)
    }.joined(separator: "\n")
  }

  /// "MAILBOXES SUBCOMMANDS:".
  private static let groupEnd = " SUBCOMMANDS:"
  /// Of the lines that a usage goes on in.
  private static let indent = String(repeating: " ", count: 9)

  private static func usage(_ line: Substring, to width: Int) -> String {
    var lines: [String] = []
    var current = ""
    for word in words(of: line) {
      if current.isEmpty {
        current = word
      } else if current.count + 1 + word.count <= width {
        current += " \(word)"
      } else {
        lines.append(current)
        current = indent + word
      }
    }
    return (lines + [current]).joined(separator: "\n")
  }

  /// What stays together: `[--entity <entity>]`, `--from <address>`, `<id> ...`.
  private static func words(of usage: Substring) -> [String] {
    var words: [String] = []
    var depth = 0
    for word in usage.split(separator: " ") {
      let isValue = word.hasPrefix("<") && words.last?.hasPrefix("--") == true
      if depth > 0 || isValue || word == "..." {
        words[words.count - 1] += " \(word)"
      } else {
        words.append(String(word))
      }
      depth += word.count { $0 == "[" } - word.count { $0 == "]" }
    }
    return words
  }
}
