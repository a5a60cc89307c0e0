// What `letterhead --experimental-dump-help` says of a command: its help as a value.

import Foundation

package struct CommandDump: Sendable, Decodable {
  struct Name: Sendable, Decodable {
    let kind: String
    let name: String

    /// As it is typed.
    var typed: String { kind == "long" ? "--\(name)" : "-\(name)" }
  }

  struct Argument: Sendable, Decodable {
    /// `positional`, `option` or `flag`.
    let kind: String
    let names: [Name]?
    let preferredName: Name?
    let valueName: String?
    let abstract: String?
    let defaultValue: String?
    /// Where the value is one of these.
    let allValues: [String]?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool
    let sectionTitle: String?

    /// Every command has these; the page of the program tells of them.
    var isEverywhere: Bool { kind == "flag" && ["version", "help"].contains(preferredName?.name) }

    /// `--no-send-test` of `--send-test`.
    func isContrary(of other: Argument) -> Bool {
      kind == "flag" && preferredName?.name == other.preferredName.map { "no-\($0.name)" }
    }

    /// What it says of itself: its sentence, the values that it takes, and the one it has where nobody gives it.
    var sentences: [String] {
      let values = (allValues ?? []).joined(separator: ", ")
      let usual = kind == "flag" ? nil : defaultValue
      return [
        abstract ?? "", values.isEmpty ? "" : "One of: \(values).", usual.map { "Default: \($0)." } ?? "",
      ].filter { !$0.isEmpty }
    }
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool?
  let superCommands: [String]?
  let arguments: [Argument]?
  let subcommands: [CommandDump]?
  let defaultSubcommand: String?

  private struct File: Decodable { let command: CommandDump }

  /// - Parameter json: as the program prints it.
  package init(json: String) throws {
    self = try JSONDecoder().decode(File.self, from: Data(json.utf8)).command
  }

  /// `letterhead queue retry`.
  var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

  /// Its own command of that name, also one that nobody is told of.
  func command(_ name: String) -> CommandDump? { subcommands?.first { $0.commandName == name } }

  /// Those that people are told of; the help itself is none.
  var shownCommands: [CommandDump] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  var shownArguments: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && !$0.isEverywhere } }
}
