// `letterhead queue show`: everything about one message.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform
import Spool

struct QueueShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one message: envelope, state, attempts, and the header as it would go out now.",
    discussion: "Example: letterhead queue show 17")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Argument(
    help: ArgumentHelp("The message, by the number `letterhead queue` shows.", valueName: "id"), completion: .messages)
  var id: String

  func validate() throws {
    if MessageID(id) == nil { throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.") }
  }

  func run() async throws {
    guard let message = MessageID(id) else { return }
    var found: QueuedMessageDetail?
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      _ = try await control.ask(.showMessage(ShowMessage(message.rawValue))) { reply in
        if case .detail(let detail) = reply { found = detail }
      }
    }
    guard let found else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if json.isOn { try printJSON(found) } else { print(found.text) }
  }
}

extension QueuedMessageDetail {
  fileprivate var text: String {
    let due = message.nextAttempt.map { ", next attempt \($0)" } ?? ""
    var lines = [
      "Message \(message.id) of \(SpoolKey.isPending(message.entity) ? "an unknown sender" : message.entity): \(message.state)\(due)",
      message.heldBecause.map { PastedCommand.naming($0) },
      "Received \(message.receivedAt.formatted(.iso8601)) from \(client)\(message.source.map { ", \($0)" } ?? ""), \("octet".counted(message.octets))",
      "From: \(message.sender)",
    ].compactMap(\.self)
    lines += recipients.map { "To:   \($0.address)\($0.failure.map { ": failed, \($0)" } ?? "")" }
    if message.perhapsSent { lines.append("The line broke after its end had been sent once: it may arrive twice.") }
    lines.append(attempts.isEmpty ? "No attempts yet." : "Attempts:")
    lines += attempts.map { "  \($0.number)  \($0.at.formatted(.iso8601))  \($0.words)" }
    lines.append(isRewritten ? "Header, as it would go out now:" : "Header, as received (no mailbox is connected):")
    return lines.joined(separator: "\n") + "\n\n" + header
  }
}
