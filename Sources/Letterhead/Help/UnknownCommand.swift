// A word in the place of a command that is none, and the commands that may be meant.

package struct UnknownCommand: Error, Equatable, CustomStringConvertible {
  /// `queue delet`.
  let typed: String
  /// Whole, the likeliest first: `letterhead queue delete`. None where nothing is like it.
  let near: [String]
  /// What shows the commands there are.
  let help: String

  package var description: String {
    let advice = near.isEmpty ? "Run: \(help)" : "Perhaps: \(near.joined(separator: ", or "))"
    return "There is no command \"\(typed)\". \(advice)"
  }

  /// - Parameter words: as they were typed, without the program's name; behind `help`, too, names of commands stand.
  /// - Returns: `nil` where every word that has to name a command does.
  package init?(in words: [String], of program: CommandDump) {
    let asksForHelp = words.first == "help"
    var command = program
    var known: [String] = []
    for word in asksForHelp ? words.dropFirst() : words[...] {
      guard !word.hasPrefix("-"), asksForHelp || command.hasCommandsAlone else { return nil }
      guard let next = command.command(word) else {
        typed = (known + [word]).joined(separator: " ")
        near = Self.near(word, below: command)
        help = "\(command.path) --help"
        return
      }
      command = next
      known.append(word)
    }
    return nil
  }

  private static func near(_ word: String, below command: CommandDump) -> [String] {
    let own = command.shownCommands
    let parts = own.flatMap(\.shownCommands).filter { $0.commandName == word }
    if !parts.isEmpty { return parts.map(\.path) }
    let begun = own.filter { word.count > 1 && $0.commandName.hasPrefix(word) }
    if !begun.isEmpty { return begun.map(\.path) }
    let distances = own.map { ($0, $0.commandName.editDistance(to: word)) }
    guard let least = distances.map(\.1).min(), least <= (word.count > 3 ? 2 : 1) else { return [] }
    return distances.filter { $0.1 == least }.map(\.0.path)
  }
}

extension CommandDump {
  /// A word behind it can only be one of its commands.
  fileprivate var hasCommandsAlone: Bool {
    guard subcommands?.isEmpty == false else { return false }
    let usual = defaultSubcommand.flatMap(command)
    return usual?.arguments?.contains { $0.kind == "positional" } != true
  }
}
