// `letterhead check`: is the configuration right?

import ArgumentParser
import Letterhead
import Mailboxes
import Submission

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration file.",
    discussion: """
      Names every mistake with its file and line, and says nothing of connections: for those there is `letterhead test`.

      Example: letterhead check --config /etc/letterhead/letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption
  /// For `make docs`: Examples/letterhead.toml.
  @Flag(help: .hidden) var example = false

  func run() throws {
    if example { return print(ConfigurationExample.text, terminator: "") }
    let configuration: Configuration
    do {
      configuration = try config.read()
    } catch let problems as ConfigurationProblems {
      let count = problems.all.count == 1 ? "1 mistake" : "\(problems.all.count) mistakes"
      throw CommandFailure("\(count) in the configuration:\n\(problems)")
    }
    let entities = configuration.entities.map(\.key).joined(separator: ", ")
    let listeners = configuration.listeners.map(\.address).joined(separator: ", ")
    print("\(configuration.file) is right: listening on \(listeners), sending as \(entities).")
  }
}
