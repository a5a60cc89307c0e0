// `letterhead queue`: what waits, and why.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Spool

struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits and what failed (what `letterhead queue` does by itself).",
    discussion: """
      Examples:
        letterhead queue --entity acme --json
        letterhead queue --state deferred --recipient '*@example.org'
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @OptionGroup(title: "Which messages") var filters: FilterOptions

  func run() async throws {
    let filter = filters.filter(at: Date())
    let emptiness = filter == QueueFilter() ? "The queue is empty." : "No message is meant by \(filters.words)."
    try await QueuePrinter.list(json: json.isOn, whereEmpty: emptiness, in: config) { last in
      ListMessages(filter, after: last)
    }
  }
}

/// Prints messages as `queue` lists them, however many, without gathering them.
struct QueuePrinter {
  private let json: Bool
  private let emptiness: String
  private var count = 0
  /// What was said above the list, and needs not be said at each message.
  private var notes: Set<String> = []

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
        try await control.ask(call) { reply in
          if case .message(let message) = reply { messages.append(message) }
          if case .note(let sentence) = reply { printer.show(sentence) }
        }
        try messages.forEach { try printer.show($0) }
      } while messages.count == ListMessages.largestPage
    }
    printer.finish()
  }

  private init(json: Bool, emptiness: String) {
    self.json = json
    self.emptiness = emptiness
  }

  private mutating func show(_ note: String) {
    notes.insert(note)
    if !json { print("\(PastedCommand.naming(note))\n") }
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
    let entity = SpoolKey.isPending(message.entity) ? "-" : message.entity
    let first =
      "\(pad("\(message.id)", 8)) \(pad(message.state, 9)) \(pad(entity, 12)) "
      + "\(message.receivedAt.formatted(.iso8601))  \(message.sender) -> \(message.recipients.first ?? "-")\(more)"
      + (message.source.map { "  by \($0)" } ?? "")
    let next =
      [ListedMessage.State.deferred, .unknown].map(\.rawValue).contains(message.state) ? message.nextAttempt : nil
    let why = [
      message.heldBecause.map { notes.contains($0) ? "" : PastedCommand.naming($0) },
      next.map { "Next attempt \($0)." }, message.reason,
    ].compactMap(\.self).filter { !$0.isEmpty }
    return ([first] + why.map { "         \($0)" }).joined(separator: "\n")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
