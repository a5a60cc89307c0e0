// `letterhead queue`: what waits, and why.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import Message
import SMTP
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
    let configuration = try config.read()
    if let entity { _ = try configuration.entity(named: entity) }
    try await State.open(configuration) { state in
      let directory = try await state.mailboxes.load()
      var printer = ListPrinter(json: json.isOn)
      var last: MessageID?
      while true {
        let page = try await state.spool.list(entity: entity, after: last)
        guard !page.isEmpty else { break }
        try page.forEach { try printer.print(QueueLine($0, in: directory, at: Date())) }
        last = page.last?.id
      }
      printer.finish()
    }
  }
}

/// One message of the queue as it is shown, with `held` as people understand it.
struct QueueLine: Encodable {
  let id: Int64
  let entity: String
  let state: String
  let sender: String
  let recipients: [String]
  let octets: Int
  let receivedAt: Date
  let due: Date?
  let attempts: Int
  let perhapsSent: Bool
  let reason: String

  init(_ message: ListedMessage, in directory: Directory, at now: Date) {
    let isHeld =
      message.state != .failed && [.disconnected, .error].contains(directory.state(of: message.entity, at: now))
    id = message.id.rawValue
    entity = message.entity
    state = isHeld ? ListedMessage.State.held.rawValue : message.state.rawValue
    sender = message.envelope.sender?.text ?? "<>"
    recipients = message.envelope.recipients.map(\.text)
    octets = message.octetCount
    receivedAt = message.receivedAt
    due = isHeld || message.state == .held ? nil : message.due
    attempts = message.attempts
    perhapsSent = message.perhapsSent
    reason = message.words
  }
}

/// Prints a queue of any length without gathering it.
private struct ListPrinter {
  private let json: Bool
  private var count = 0

  init(json: Bool) {
    self.json = json
  }

  mutating func print(_ line: QueueLine) throws {
    if json {
      Swift.print(count == 0 ? "[" : ",")
      try printJSON(line)
    } else {
      if count == 0 { Swift.print("id       state     entity       received              from -> to") }
      Swift.print(text(of: line))
    }
    count += 1
  }

  func finish() {
    if json { return Swift.print(count == 0 ? "[]" : "]") }
    if count == 0 { Swift.print("The queue is empty.") }
  }

  private func text(of line: QueueLine) -> String {
    let more = line.recipients.count > 1 ? " and \(line.recipients.count - 1) more" : ""
    let first =
      "\(pad("\(line.id)", 8)) \(pad(line.state, 9)) \(pad(line.entity, 12)) "
      + "\(line.receivedAt.formatted(.iso8601))  \(line.sender) -> \(line.recipients.first ?? "-")\(more)"
    return line.reason.isEmpty ? first : "\(first)\n         \(line.reason)"
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
