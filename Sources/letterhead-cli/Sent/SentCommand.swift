// `letterhead sent`: copies that are still to be put into mailboxes' folders of sent messages.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform
import Spool

struct SentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sent",
    abstract: "See and steer the copies that are to go into a mailbox's folder of sent messages.",
    discussion: """
      Where the provider files no copies itself, Letterhead does, after it has sent a message (the key sent_copy). These are \
      the ones that are still due: the messages are delivered, and only their copies wait. What is due for more than a day is \
      given up. `letterhead trace` tells of each message what became of its copy.

      Examples:
        letterhead sent --entity acme
        letterhead sent retry --all
        letterhead sent drop 17
      """,
    subcommands: [SentList.self, SentRetry.self, SentDrop.self], defaultSubcommand: SentList.self)
}

struct SentList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the copies that are due (what `letterhead sent` does by itself).",
    discussion: "Example: letterhead sent --entity acme --json")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(help: ArgumentHelp("Of one entity alone.", valueName: "entity"), completion: .entities)
  var entity: String?

  func run() async throws {
    var copies: [DueCopy] = []
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      _ = try await control.ask(.listCopies(ListCopies(of: entity))) {
        if case .copy(let copy) = $0 { copies.append(copy) }
      }
    }
    if json.isOn { return try printJSON(copies) }
    if copies.isEmpty { return print("No copy is due.") }
    print("id       entity       sent                  next attempt")
    for copy in copies { print(copy.text) }
  }
}

struct SentRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Have copies filed now.", discussion: "Example: letterhead sent retry --all")

  @OptionGroup var copies: CopySelection

  func run() async throws { try await copies.change(.retry, saying: "tried again") }
}

struct SentDrop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Have copies filed never; the messages stay delivered.",
    discussion: "Example: letterhead sent drop 17")

  @OptionGroup var copies: CopySelection

  func run() async throws { try await copies.change(.drop, saying: "dropped") }
}

/// Which copies `retry` and `drop` mean.
struct CopySelection: ParsableArguments {
  @OptionGroup var config: ConfigurationOption

  @Argument(
    help: ArgumentHelp("Copies, by the number `letterhead sent` shows.", valueName: "id"), completion: .messages)
  var ids: [String] = []

  @Flag(help: "Every copy that is due.")
  var all = false

  @Option(help: ArgumentHelp("With --all: of one entity alone.", valueName: "entity"), completion: .entities)
  var entity: String?

  func validate() throws {
    guard ids.isEmpty == all, all || entity == nil else {
      throw ValidationError("Name copies by number, or say --all, with --entity or without.")
    }
    for id in ids where MessageID(id) == nil {
      throw ValidationError("\"\(id)\" is no message number. `letterhead sent` shows them.")
    }
  }

  func change(_ order: ChangeCopies.Order, saying done: String) async throws {
    let call = ControlCall.changeCopies(ChangeCopies(order, ids.compactMap { MessageID($0)?.rawValue }, of: entity))
    var unchanged: [String] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(call) { if case .unchanged(let sentence) = $0 { unchanged.append(sentence) } }
    }
    guard case .changed(let count) = ending else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if count > 0 || all { print("\("copy".counted(count, plural: "copies")) \(done).") }
    if !unchanged.isEmpty { throw CommandFailure(unchanged.map { PastedCommand.naming($0) }.joined(separator: "\n")) }
  }
}

extension DueCopy {
  fileprivate var text: String {
    let number = "\(id)".padding(toLength: max(8, "\(id)".count), withPad: " ", startingAt: 0)
    let key = entity.padding(toLength: max(12, entity.count), withPad: " ", startingAt: 0)
    let line = "\(number) \(key) \(sentAt.formatted(.iso8601))  \(nextAttemptAt.formatted(.iso8601))"
    let doubt = isPerhapsFiled ? "perhaps filed, and looked for first" : ""
    let why = [reason.harmless(), doubt].filter { !$0.isEmpty }.joined(separator: "; ")
    return why.isEmpty ? line : "\(line)\n         \(why)"
  }
}
