// `letterhead queue`: what waits, and why.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Spool

struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits and what failed (what `letterhead queue` does by itself).",
    discussion: "Example: letterhead queue --entity acme --json")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(help: ArgumentHelp("This entity's messages only.", valueName: "entity"))
  var entity: String?

  func run() async throws {
    try await QueuePrinter.list(json: json.isOn, whereEmpty: "The queue is empty.", in: config) { last in
      ListMessages(entity: entity, after: last)
    }
  }
}

/// Prints messages as `queue` lists them, however many, without gathering them.
struct QueuePrinter {
  private let json: Bool
  private let emptiness: String
  private var count = 0

  /// - Parameter page: asks for the page after a message.
  static func list(
    json: Bool, whereEmpty emptiness: String, in config: ConfigurationOption,
    _ page: (_ last: Int64?) -> ListMessages
  ) async throws {
    var printer = QueuePrinter(json: json, emptiness: emptiness)
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      var messages: [QueuedMessage] = []
      repeat {
        let call = ControlCall.listMessages(page(messages.last?.id))
        messages = []
        // Printed when it is whole: whoever reads slowly keeps no relay waiting.
        try await control.ask(call) { if case .message(let message) = $0 { messages.append(message) } }
        try messages.forEach { try printer.show($0) }
      } while messages.count == ListMessages.largestPage
    }
    printer.finish()
  }

  private init(json: Bool, emptiness: String) {
    self.json = json
    self.emptiness = emptiness
  }

  private mutating func show(_ message: QueuedMessage) throws {
    if json {
      print(count == 0 ? "[" : ",")
      try printJSON(message)
    } else {
      if count == 0 { print("id       state     entity       received              from -> to") }
      print(text(of: message))
    }
    count += 1
  }

  private func finish() {
    if json { return print(count == 0 ? "[]" : "]") }
    if count == 0 { print(emptiness) }
  }

  private func text(of message: QueuedMessage) -> String {
    let more = message.recipients.count > 1 ? " and \(message.recipients.count - 1) more" : ""
    let first =
      "\(pad("\(message.id)", 8)) \(pad(message.state, 9)) \(pad(SpoolKey.isPending(message.entity) ? "-" : message.entity, 12)) "
      + "\(message.receivedAt.formatted(.iso8601))  \(message.sender) -> \(message.recipients.first ?? "-")\(more)"
      + (message.source.map { "  by \($0)" } ?? "")
    let why = [message.heldBecause.map { PastedCommand.naming($0) }, message.reason].compactMap(\.self).filter {
      !$0.isEmpty
    }
    return ([first] + why.map { "         \($0)" }).joined(separator: "\n")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
