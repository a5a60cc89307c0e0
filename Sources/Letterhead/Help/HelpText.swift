// A command's discussion, taken apart into what each has a place for in a manual page.

struct HelpText: Equatable {
  /// How the command ends.
  struct ExitCode: Equatable {
    let code: String
    var sentence: String
  }

  /// Paragraphs of lines. One whose lines are indented is to be typed or shown as it is.
  private(set) var prose: [[Substring]] = []
  /// What stands behind "Exit codes:": `  75  it waits for an approval`, and lines that are indented further and go on.
  private(set) var exitCodes: [ExitCode] = []
  /// What stands behind "Examples:", without its indent. They end the discussion.
  private(set) var typed: [Substring] = []

  private enum Block { case prose, exitCodes, examples }

  init(_ discussion: String?) {
    var block = Block.prose
    var paragraph: [Substring] = []
    let lines: [Substring] = (discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines + [""] {
      if line.hasPrefix("Examples:") || line.hasPrefix("Example:") {
        flush(&paragraph)
        block = .examples
        let rest = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        if !rest.isEmpty { typed.append(rest) }
      } else if line == "Exit codes:" {
        flush(&paragraph)
        block = .exitCodes
      } else if block == .examples {
        if !line.isEmpty { typed.append(line.hasPrefix("  ") ? line.dropFirst(2) : line) }
      } else if block == .exitCodes, line.isEmpty || line.hasPrefix("  ") {
        take(exitCode: line.drop { $0 == " " })
      } else {
        block = .prose
        if line.isEmpty || line.hasPrefix("  ") != (paragraph.first ?? line).hasPrefix("  ") { flush(&paragraph) }
        if !line.isEmpty { paragraph.append(line) }
      }
    }
    flush(&paragraph)
  }

  private mutating func take(exitCode line: Substring) {
    let code = line.prefix { $0.isNumber }
    if !code.isEmpty {
      exitCodes.append(ExitCode(code: String(code), sentence: String(line.dropFirst(code.count).drop { $0 == " " })))
    } else if !line.isEmpty, !exitCodes.isEmpty {
      exitCodes[exitCodes.count - 1].sentence += " \(line)"
    }
  }

  private mutating func flush(_ paragraph: inout [Substring]) {
    if !paragraph.isEmpty { prose.append(paragraph) }
    paragraph = []
  }
}
