// The manual pages of the commands, from their help: one for the program, and one for each of its commands, which holds
// that command's own ones.

/// One page as a file.
package struct ManPage: Sendable, Equatable {
  package let name: String
  package let section: Int
  package let text: String

  package var fileName: String { "\(name).\(section)" }
}

/// What all pages have in their first line.
package struct ManPageEdition: Sendable {
  /// `2026-11-29`, or nothing.
  let day: String
  let version: String

  package init(day: String, version: String = Version.current) {
    self.day = day
    self.version = version
  }
}

package struct CommandManPages {
  private let program: CommandDump
  private let edition: ManPageEdition

  package init(_ program: CommandDump, _ edition: ManPageEdition) {
    self.program = program
    self.edition = edition
  }

  /// The program's first.
  package var all: [ManPage] { [programPage] + program.shownCommands.map(page) }

  private func name(of command: CommandDump) -> String { "\(program.commandName)-\(command.commandName)" }

  private func page(titled name: String, _ fill: (inout RoffText) -> Void) -> ManPage {
    var roff = RoffText(title: name, section: 1, day: edition.day, version: edition.version)
    fill(&roff)
    return ManPage(name: name, section: 1, text: roff.text)
  }

  // MARK: The program

  private var programPage: ManPage {
    page(titled: program.commandName) { roff in
      roff.name(program.commandName, program.abstract)
      roff.heading("SYNOPSIS")
      roff.raw("\(RoffText.bold(program.commandName)) \(RoffText.italic("command")) [\(RoffText.italic("options"))]")
      let words = HelpText(program.discussion)
      roff.heading("DESCRIPTION")
      roff.write(words.prose)
      roff.heading("COMMANDS")
      for command in program.shownCommands {
        roff.item(
          "\(RoffText.bold("\(name(of: command))"))(1)", [command.abstract ?? ""])
      }
      roff.heading("OPTIONS")
      roff.item(RoffText.bold("--version"), ["Show the version."])
      roff.item("\(RoffText.bold("-h")), \(RoffText.bold("--help"))", ["Show the help of a command."])
      roff.heading("ENVIRONMENT")
      roff.item(RoffText.bold("LETTERHEAD_CONFIG"), ["The configuration file, where `--config` names none."])
      roff.heading("FILES")
      for (file, sentence) in Self.files { roff.item(RoffText.italic(file), [sentence]) }
      roff.seeAlso(
        program.shownCommands.map { "\(name(of: $0))(1)" } + ["letterhead.toml(5)", "letterhead-sendmail(8)"])
    }
  }

  private static let files = [
    (Configuration.usualFile, "The configuration."),
    ("/etc/letterhead/conf.d/*.toml", "What adds tables to it, in the order of the names."),
    ("/var/lib/letterhead", "Queue, saved connections and their key: `state_dir`."),
    ("/run/letterhead/status.json", "What `letterhead status` and monitoring read: `status_file`."),
  ]

  // MARK: One command

  private func page(of command: CommandDump) -> ManPage {
    page(titled: name(of: command)) { roff in
      roff.name(name(of: command), command.abstract)
      let parts = command.shownCommands
      roff.heading("SYNOPSIS")
      if parts.isEmpty { roff.usage(of: command) } else { parts.forEach { roff.usage(of: $0, breaks: true) } }
      let words = HelpText(command.discussion)
      if !words.prose.isEmpty || !parts.isEmpty { roff.heading("DESCRIPTION") }
      roff.write(words.prose)
      if let usual = command.defaultSubcommand {
        roff.paragraph()
        roff.line("`\(command.path)` alone is `\(command.path) \(usual)`.")
      }
      if parts.isEmpty {
        roff.options(of: command)
      } else {
        roff.heading("COMMANDS")
        parts.forEach { roff.part($0) }
      }
      roff.examples(words)
      roff.seeAlso(["\(program.commandName)(1)", "letterhead.toml(5)"])
    }
  }
}

extension RoffText {
  fileprivate mutating func name(_ name: String, _ abstract: String?) {
    heading("NAME")
    var sentence = abstract ?? ""
    if sentence.hasSuffix(".") { sentence.removeLast() }
    raw("\(Self.escaped(name)) \\- \(Self.marked(sentence))")
  }

  fileprivate mutating func usage(of command: CommandDump, breaks: Bool = false) {
    let words = command.shownArguments.map(Self.usage)
    raw(([Self.bold(command.path)] + words).joined(separator: " "))
    if breaks { breakLine() }
  }

  private static func usage(of argument: CommandDump.Argument) -> String {
    let more = argument.isRepeating ? " ..." : ""
    let value = italic(argument.valueName ?? "value")
    let word =
      switch argument.kind {
      case "positional": value
      case "flag": bold(argument.preferredName?.typed ?? "")
      default: "\(bold(argument.preferredName?.typed ?? "")) \(value)"
      }
    return argument.isOptional ? "[\(word)\(more)]" : "\(word)\(more)"
  }

  fileprivate mutating func part(_ command: CommandDump) {
    subheading(command.path)
    line(command.abstract ?? "")
    let words = HelpText(command.discussion)
    if !words.prose.isEmpty { paragraph() }
    write(words.prose)
    items(of: command)
    if !words.typed.isEmpty {
      paragraph()
      line(words.typed.count == 1 ? "Example:" : "Examples:")
      example(words.typed)
    }
  }

  fileprivate mutating func options(of command: CommandDump) {
    if command.shownArguments.isEmpty { return }
    heading("OPTIONS")
    items(of: command)
  }

  private mutating func items(of command: CommandDump) {
    for argument in command.shownArguments {
      let names = (argument.names ?? []).map { Self.bold($0.typed) }.joined(separator: ", ")
      let value = argument.kind == "flag" ? "" : Self.italic(argument.valueName ?? "value")
      let usual = argument.defaultValue.map { argument.kind == "flag" ? "" : "Default: \($0)." } ?? ""
      item([names, value].filter { !$0.isEmpty }.joined(separator: " "), [argument.abstract ?? "", usual])
    }
  }

  fileprivate mutating func write(_ paragraphs: [[Substring]]) {
    for (number, lines) in paragraphs.enumerated() {
      if lines.first?.hasPrefix("  ") == true {
        example(lines)
        continue
      }
      if number > 0 { paragraph() }
      lines.forEach { line(String($0)) }
    }
  }

  fileprivate mutating func examples(_ words: HelpText) {
    if words.typed.isEmpty { return }
    heading("EXAMPLES")
    example(words.typed)
  }

  fileprivate mutating func seeAlso(_ pages: [String]) {
    heading("SEE ALSO")
    for (number, page) in pages.enumerated() {
      let name = page.prefix { $0 != "(" }
      raw("\(Self.bold(String(name)))\(page.dropFirst(name.count))\(number == pages.count - 1 ? "" : ",")")
    }
  }
}

/// A help's discussion, taken apart.
struct HelpText: Equatable {
  /// Paragraphs of lines. One whose lines are indented is to be typed or shown as it is.
  private(set) var prose: [[Substring]] = []
  /// What stands behind "Examples:", without its indent.
  private(set) var typed: [Substring] = []

  init(_ discussion: String?) {
    var isExample = false
    var paragraph: [Substring] = []
    let lines: [Substring] = (discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines + [""] {
      if line.hasPrefix("Examples:") || line.hasPrefix("Example:") {
        flush(&paragraph)
        isExample = true
        let rest = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        if !rest.isEmpty { typed.append(rest) }
      } else if isExample {
        if !line.isEmpty { typed.append(line.hasPrefix("  ") ? line.dropFirst(2) : line) }
      } else if line.isEmpty || line.hasPrefix("  ") != (paragraph.first ?? line).hasPrefix("  ") {
        flush(&paragraph)
        if !line.isEmpty { paragraph = [line] }
      } else {
        paragraph.append(line)
      }
    }
    flush(&paragraph)
  }

  private mutating func flush(_ paragraph: inout [Substring]) {
    if !paragraph.isEmpty { prose.append(paragraph) }
    paragraph = []
  }
}
