// `letterhead app pending`: whose mail is held until somebody decides.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform

struct AppPending: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pending",
    abstract: "List unknown senders whose mail is held until somebody decides, and those denied.",
    discussion: """
      A sender is unknown that no app matches, where [access] says unknown = "hold". Each is named by a KEY, which approve \
      and deny take. Nothing of it is sent before.

      Example: letterhead app pending --json
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    var senders: [PendingSender] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.listPending(ListPending())) { reply in
        if case .pending(let sender) = reply { senders.append(sender) }
      }
    }
    if json.isOn { return try printJSON(senders) }
    for sender in senders { print(Self.text(of: sender)) }
    ending.printSentence()
  }

  private static func text(of sender: PendingSender) -> String {
    let more = sender.recipients.count > 1 ? " and others" : ""
    let place = sender.listener.map { " at \($0)" } ?? ""
    let times =
      sender.count == 1
      ? sender.first.formatted(.iso8601)
      : "the first \(sender.first.formatted(.iso8601)), the last \(sender.last.formatted(.iso8601))"
    let show = PastedCommand.naming("letterhead queue show \(sender.message)")
    return """
      \(sender.key)
        \(sender.identity), from \(sender.client)\(place)
        \("message".counted(sender.count)): \(times)
        \(sender.sender) -> \(sender.recipients.first ?? "-")\(more); see it with: \(show)
      """
  }
}
