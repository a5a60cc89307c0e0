// `letterhead queue`: sees and steers the spool.

import ArgumentParser
import Letterhead
import Spool

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "See and steer the mail that waits.",
    discussion: """
      Works whether or not the relay is running; a running relay notices within a second.

      Examples:
        letterhead queue --entity acme
        letterhead queue show 17
        letterhead queue retry --all
      """,
    subcommands: [
      QueueList.self, QueueShow.self, QueueRetry.self, QueueHold.self, QueueRelease.self, QueueDelete.self,
    ],
    defaultSubcommand: QueueList.self)
}

/// Which messages `retry`, `hold`, `release` and `delete` mean.
struct MessageSelection: ParsableArguments {
  @OptionGroup var config: ConfigurationOption

  @Argument(help: ArgumentHelp("Messages, by the number `letterhead queue` shows.", valueName: "id"))
  var ids: [String] = []

  @Flag(help: "Every message, or every message of --entity.")
  var all = false

  @Option(help: ArgumentHelp("With --all: this entity's messages only.", valueName: "entity"))
  var entity: String?

  func validate() throws {
    if ids.isEmpty == !all { throw ValidationError("Name messages by number, or say --all; not both.") }
    if entity != nil, !all { throw ValidationError("--entity goes with --all.") }
    for id in ids where MessageID(id) == nil {
      throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.")
    }
  }

  var selection: Selection {
    all ? .all(entity: entity) : .ids(ids.compactMap { MessageID($0) })
  }

  /// Opens the state, lets `change` work on it, and says how many messages were meant.
  func apply(_ done: String, _ change: (State) async throws -> Int) async throws {
    let configuration = try config.read()
    if let entity { _ = try configuration.entity(named: entity) }
    let count = try await State.open(configuration) { state in try await change(state) }
    if count == 0, !all {
      throw CommandFailure(
        "No such message: it was delivered or deleted meanwhile. `letterhead queue` shows what waits.")
    }
    print("\(count) \(count == 1 ? "message" : "messages") \(done).")
  }
}
