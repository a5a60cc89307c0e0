// `letterhead queue`: what waits, and why.

import ArgumentParser
import Control
import Foundation
import Letterhead

struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits and what failed (what `letterhead queue` does by itself).",
    discussion: "Example: letterhead queue --entity acme --json")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(help: ArgumentHelp("This entity's messages only.", valueName: "entity"))
  var entity: String?

  func run() async throws {
    let configuration = try config.read()
    if let entity { _ = try configuration.entity(named: entity) }
    var printer = QueuePrinter(json: json.isOn)
    try await ControlClient.use(configuration) { control in
      var page: [QueuedMessage] = []
      repeat {
        let call = ControlCall.listMessages(ListMessages(entity: entity, after: page.last?.id))
        page = []
        // Printed when it is whole: whoever reads slowly keeps no relay waiting.
        try await control.ask(call) { if case .message(let message) = $0 { page.append(message) } }
        try page.forEach { try printer.show($0) }
      } while page.count == ListMessages.largestPage
    }
    printer.finish()
  }
}

/// Prints a queue of any length without gathering it.
private struct QueuePrinter {
  private let json: Bool
  private var count = 0

  init(json: Bool) {
    self.json = json
  }

  mutating func show(_ message: QueuedMessage) throws {
    if json {
      print(count == 0 ? "[" : ",")
      try printJSON(message)
    } else {
      if count == 0 { print("id       state     entity       received              from -> to") }
      print(text(of: message))
    }
    count += 1
  }

  func finish() {
    if json { return print(count == 0 ? "[]" : "]") }
    if count == 0 { print("The queue is empty.") }
  }

  private func text(of message: QueuedMessage) -> String {
    let more = message.recipients.count > 1 ? " and \(message.recipients.count - 1) more" : ""
    let first =
      "\(pad("\(message.id)", 8)) \(pad(message.state, 9)) \(pad(message.entity, 12)) "
      + "\(message.receivedAt.formatted(.iso8601))  \(message.sender) -> \(message.recipients.first ?? "-")\(more)"
    return message.reason.isEmpty ? first : "\(first)\n         \(message.reason)"
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
