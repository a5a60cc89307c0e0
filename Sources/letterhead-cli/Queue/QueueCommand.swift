// `letterhead queue`: sees and steers the spool.

import ArgumentParser
import Control
import Letterhead
import Spool

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "See and steer the mail that waits.",
    discussion: """
      For administrators; list and show tell everybody else of the mail that he has handed in himself. Works whether or \
      not the relay is running.

      Examples:
        letterhead queue --entity acme
        letterhead queue show 17
        letterhead queue retry --all
      """,
    subcommands: [
      QueueList.self, QueueDamaged.self, QueueShow.self, QueueRetry.self, QueueHold.self, QueueRelease.self,
      QueueDelete.self,
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

  private var which: ChangeMessages.Which {
    all ? .all(entity: entity) : .numbered(ids.compactMap { MessageID($0)?.rawValue })
  }

  /// Has the messages changed, says how many were, and of each that was named and was not, why.
  func change(_ order: ChangeMessages.Order, saying done: String) async throws {
    let configuration = try config.readOrAskRelay()
    let call = ControlCall.changeMessages(ChangeMessages(order, which))
    var notes: [String] = []
    var unchanged: [String] = []
    let ending = try await ControlClient.use(configuration) { control in
      try await control.ask(call) { reply in
        if case .note(let sentence) = reply { notes.append(sentence) }
        if case .unchanged(let sentence) = reply { unchanged.append(sentence) }
      }
    }
    guard case .changed(let count) = ending else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if count > 0 || all { print("\(count) \(count == 1 ? "message" : "messages") \(done).") }
    notes.forEach { print(PastedCommand.naming($0)) }
    if !unchanged.isEmpty { throw CommandFailure(unchanged.joined(separator: "\n")) }
  }
}
