// The parts of a manual page that tell of commands.

extension RoffText {
  mutating func name(_ name: String, _ abstract: String?) {
    heading("NAME")
    var sentence = abstract ?? ""
    if sentence.hasSuffix(".") { sentence.removeLast() }
    raw("\(Self.escaped(name)) \\- \(Self.marked(sentence))")
  }

  /// Dots that end no sentence.
  static let more = "...\\&"

  mutating func usage(of command: CommandDump) { usage(command.path, command.shownArguments.map(Self.usage)) }

  private static func usage(_ argument: CommandDump.Argument) -> String {
    let more = argument.isRepeating ? "\\ \(RoffText.more)" : ""
    let value = italic(argument.valueName ?? "value").replacing(" ", with: "\\ ")
    let word =
      switch argument.kind {
      case "positional": value
      case "flag": bold(argument.preferredName?.typed ?? "")
      default: "\(bold(argument.preferredName?.typed ?? ""))\\ \(value)"
      }
    return argument.isOptional ? "[\(word)\(more)]" : "\(word)\(more)"
  }

  mutating func options(of command: CommandDump) {
    if command.shownArguments.isEmpty { return }
    heading("OPTIONS")
    let titles = command.shownArguments.compactMap(\.sectionTitle)
    items(command.shownArguments.filter { $0.sectionTitle == nil })
    for (number, title) in titles.enumerated() where titles.firstIndex(of: title) == number {
      subheading(title)
      items(command.shownArguments.filter { $0.sectionTitle == title })
    }
  }

  /// Each with its own options; those that all of them take stand behind.
  mutating func parts(_ commands: [CommandDump]) {
    let common = commands.count > 1 ? Self.common(of: commands) : []
    heading("COMMANDS")
    for command in commands { part(command, but: common) }
    if common.isEmpty { return }
    heading("OPTIONS")
    line("Each of these commands takes:")
    items(commands[0].shownArguments.filter { common.contains($0.preferredName?.typed) })
  }

  private static func common(of commands: [CommandDump]) -> Set<String?> {
    let names = commands.map { Set($0.shownArguments.compactMap(\.preferredName?.typed)) }
    return Set(names.dropFirst().reduce(names[0]) { $0.intersection($1) }.map(Optional.some))
  }

  private mutating func part(_ command: CommandDump, but common: Set<String?>) {
    subheading(command.path)
    line(command.abstract ?? "")
    let words = HelpText(command.discussion)
    if !words.prose.isEmpty { paragraph() }
    write(words.prose)
    items(command.shownArguments.filter { !common.contains($0.preferredName?.typed) })
    if words.typed.isEmpty { return }
    paragraph()
    line(words.typed.count == 1 ? "Example:" : "Examples:")
    example(words.typed)
  }

  private mutating func items(_ arguments: [CommandDump.Argument]) {
    for (number, argument) in arguments.enumerated() {
      var names = (argument.names ?? []).map { Self.bold($0.typed) }.joined(separator: ", ")
      // A flag and its contrary are told of by one sentence.
      if number > 0, argument.isContrary(of: arguments[number - 1]) { continue }
      if number + 1 < arguments.count, arguments[number + 1].isContrary(of: argument) {
        names += ", " + Self.bold(arguments[number + 1].preferredName?.typed ?? "")
      }
      let value = argument.kind == "flag" ? "" : Self.italic(argument.valueName ?? "value")
      item([names, value].filter { !$0.isEmpty }.joined(separator: " "), argument.sentences)
    }
  }

  mutating func exitStatus(_ codes: [HelpText.ExitCode]) {
    if codes.isEmpty { return }
    heading("EXIT STATUS")
    for code in codes { item(Self.bold(code.code), [code.sentence]) }
  }

  mutating func write(_ paragraphs: [[Substring]]) {
    for (number, lines) in paragraphs.enumerated() {
      if lines.first?.hasPrefix("  ") == true {
        example(lines)
        continue
      }
      if number > 0 { paragraph() }
      lines.forEach { line(String($0)) }
    }
  }

  mutating func examples(_ words: HelpText) {
    if words.typed.isEmpty { return }
    heading("EXAMPLES")
    example(words.typed)
  }

  mutating func seeAlso(_ pages: [String]) {
    heading("SEE ALSO")
    for (number, page) in pages.enumerated() {
      let name = page.prefix { $0 != "(" }
      raw("\(Self.bold(String(name)))\(page.dropFirst(name.count))\(number == pages.count - 1 ? "" : ",")")
    }
  }
}
