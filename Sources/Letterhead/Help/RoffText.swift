// A manual page in the language of man(7), built line by line. Whatever text comes in is text: nothing of it is read as a
// request.

package struct RoffText: Sendable, Equatable {
  private(set) var lines: [String] = []

  package var text: String { lines.joined(separator: "\n") + "\n" }

  /// - Parameters:
  ///   - day: `2026-11-29`, or nothing.
  ///   - version: of the program.
  init(title: String, section: Int, day: String, version: String) {
    lines = [
      ".TH \"\(title.uppercased())\" \(section) \"\(day.filter { $0.isNumber || $0 == "-" })\" \"Letterhead \(version)\"",
      // What is to be typed is not hyphenated, and has one blank where one is meant.
      ".nh", ".ad l",
    ]
  }

  mutating func heading(_ text: String) { lines.append(".SH \(Self.quoted(text))") }
  mutating func subheading(_ text: String) { lines.append(".SS \(Self.quoted(text))") }
  mutating func paragraph() { lines.append(".PP") }
  mutating func line(_ text: String) { lines.append(Self.textLine(Self.marked(text))) }

  /// A term, and what stands indented below it.
  mutating func item(_ term: String, _ sentences: [String]) {
    lines += [".TP", Self.textLine(term)]
    for sentence in sentences where !sentence.isEmpty { line(sentence) }
  }

  /// How a command is typed. Broken between the words, which are marked up already, and indented behind the command.
  mutating func usage(_ command: String, _ words: [String]) {
    lines.append(".SY \(Self.quoted(command))")
    // YS hyphenates again.
    lines += words.map(Self.textLine) + [".YS", ".nh"]
  }

  /// Lines as they are typed.
  mutating func example(_ typed: [Substring]) {
    lines += [".PP", ".nf", ".RS 2"]
    lines += typed.map { Self.textLine(Self.escaped(String($0))) }
    lines += [".RE", ".fi"]
  }

  /// A line of what is marked up already.
  mutating func raw(_ text: String) { lines.append(Self.textLine(text)) }

  static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
  static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

  /// What stands between backquotes is bold.
  static func marked(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return escaped(text) }
    return parts.enumerated().map { $0.offset % 2 == 1 ? bold(String($0.element)) : escaped(String($0.element)) }
      .joined()
  }

  static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "\n": " "
      case "'": "\\(aq"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "`": "\\(ga"
      case "…": "..."
      default: String(character)
      }
    }.joined()
  }

  private static func quoted(_ text: String) -> String { "\"\(escaped(text).replacing("\"", with: "\\(dq"))\"" }

  /// No line of text begins as a request does, and none is empty.
  private static func textLine(_ text: String) -> String {
    if text.isEmpty { return "\\&" }
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
  }
}
