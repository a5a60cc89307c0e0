// `letterhead check`: is the configuration right?

import Access
import ArgumentParser
import Letterhead
import Mailboxes
import Submission

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration file.",
    discussion: """
      Names every mistake with its file and line, and says nothing of connections: for those there is `letterhead test`.
      A warning is about what is right and perhaps not meant.

      Exit codes:
        0  the configuration is right, perhaps with warnings
        1  it has mistakes, or cannot be read

      Examples:
        letterhead check
        letterhead check --example > letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption
  /// `make docs` writes Examples/letterhead.toml by it.
  @Flag(help: "Print a configuration to begin with, every key explained, and check nothing.")
  var example = false

  func run() throws {
    if example { return print(ConfigurationExample.text, terminator: "") }
    let configuration: Configuration
    do {
      configuration = try config.read(openingFiles: true)
    } catch let problems as ConfigurationProblems {
      let count = problems.all.count == 1 ? "1 mistake" : "\(problems.all.count) mistakes"
      throw CommandFailure("\(count) in the configuration:\n\(problems)")
    }
    for warning in configuration.warnings(knows: SystemAccounts().knows) {
      print("\(warning.file):\(warning.line): Warning: \(warning.message)")
    }
    let entities = configuration.entities.map(\.key).joined(separator: ", ")
    let listeners = configuration.listeners.map(\.address).joined(separator: ", ")
    print("\(configuration.file) is right: listening on \(listeners), sending as \(entities).")
  }
}
