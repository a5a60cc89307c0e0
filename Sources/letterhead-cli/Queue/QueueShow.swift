// `letterhead queue show`: everything about one message.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import Message
import SMTP
import Spool

struct QueueShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one message: envelope, state, attempts, and the header as it would go out now.",
    discussion: "Example: letterhead queue show 17")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Argument(help: ArgumentHelp("The message, by the number `letterhead queue` shows.", valueName: "id"))
  var id: String

  func validate() throws {
    if MessageID(id) == nil { throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.") }
  }

  func run() async throws {
    let configuration = try config.read()
    try await State.open(configuration) { state in
      guard let message = MessageID(id), let detail = try await state.spool.show(message) else {
        throw CommandFailure(
          "There is no message \(id): it was delivered or deleted. `letterhead queue` shows what waits.")
      }
      let view = MessageView(
        detail, in: try await state.mailboxes.load(), hostname: configuration.hostname, at: Date())
      if json.isOn { try printJSON(view) } else { print(view.text) }
    }
  }
}

/// One message as `queue show` prints it.
private struct MessageView: Encodable {
  struct Recipient: Encodable {
    let address: String
    let failure: String?
  }
  struct Attempt: Encodable {
    let number: Int
    let at: Date
    let words: String
  }

  let message: QueueLine
  let client: String
  let recipients: [Recipient]
  let attempts: [Attempt]
  /// Under the mailbox connected now; as received where none is.
  let header: String
  let isRewritten: Bool

  init(_ detail: MessageDetail, in directory: Directory, hostname: String, at now: Date) {
    message = QueueLine(detail.message, in: directory, at: now)
    client = detail.message.client
    recipients = detail.recipients.map { Recipient(address: $0.text, failure: $1) }
    attempts = detail.attempts.map { Attempt(number: $0.number, at: $0.at, words: $0.words) }
    let identity = directory.identity(of: detail.message.entity)
    isRewritten = identity != nil
    header = Self.header(of: detail, as: identity, hostname: hostname, at: now)
  }

  private static func header(of detail: MessageDetail, as identity: Identity?, hostname: String, at now: Date) -> String
  {
    var header = Header(parsing: detail.header)
    if let identity {
      (header, _) = SenderRewrite(identity, hostname: hostname)
        .apply(header: header, envelope: detail.message.envelope, now: now, id: detail.message.id.description)
    }
    return String(decoding: header.serialized(), as: UTF8.self).replacing("\r\n", with: "\n")
  }

  var text: String {
    let due = message.due.map { ", next attempt \($0.formatted(.iso8601))" } ?? ""
    var lines = [
      "Message \(message.id) of \(message.entity): \(message.state)\(due)",
      "Received \(message.receivedAt.formatted(.iso8601)) from \(client), \(message.octets) octets",
      "From: \(message.sender)",
    ]
    lines += recipients.map { "To:   \($0.address)\($0.failure.map { ": failed, \($0)" } ?? "")" }
    if message.perhapsSent { lines.append("The line broke after its end had been sent once: it may arrive twice.") }
    lines.append(attempts.isEmpty ? "No attempts yet." : "Attempts:")
    lines += attempts.map { "  \($0.number)  \($0.at.formatted(.iso8601))  \($0.words)" }
    lines.append(isRewritten ? "Header, as it would go out now:" : "Header, as received (no mailbox is connected):")
    return lines.joined(separator: "\n") + "\n\n" + header
  }
}
