// `letterhead trace`: what has become of a message.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform
import Spool

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Tell what has become of a message: one that waits, or one that has ended.",
    discussion: """
      Looks in the queue, and in the history of messages that were delivered, failed or deleted (the keys history, \
      history_max and history_addresses). Administrators see every message, everybody else his own. Works whether or not \
      the relay is running. Without a name it shows the newest 50 messages, with @example.org the newest 50 from or to \
      that domain.

      Exit codes:
        0  it was found
        1  nothing was found, or it could not be looked for

      Examples:
        letterhead trace 17
        letterhead trace '<20261124101403.1@erp.acme.example>'
        letterhead trace ada@example.org --since 2d
        letterhead trace @example.org --since yesterday
        letterhead trace --since '2026-11-30 14:05'
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(
    help: ArgumentHelp(
      "Only messages that came or ended since then: 12h, 2d, today, yesterday, 2026-11-30, '2026-11-30 14:05'.",
      valueName: "time"))
  var since: String?
  @Argument(
    help: ArgumentHelp(
      "Our number, a Message-ID, what the provider calls the message, the address of a sender or recipient, or @domain.",
      valueName: "what"), completion: .messages)
  var what: String?

  func validate() throws {
    if let since { _ = try PastTime.named(since, by: "--since") }
    if what?.isEmpty ?? false { throw ValidationError("Name a number, a Message-ID, an address or a @domain.") }
  }

  func run() async throws {
    let start = since.flatMap { PastTime.moment($0, before: Date()) }
    var stories: [MessageStory] = []
    var notes: [String] = []
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      _ = try await control.ask(.traceMessages(TraceMessages(what ?? "", since: start))) { reply in
        if case .traced(let story) = reply { stories.append(story) }
        if case .note(let sentence) = reply { notes.append(sentence) }
      }
    }
    if json.isOn { return try printJSON(stories) }
    print(stories.map(\.text).joined(separator: "\n\n"))
    notes.forEach { print("\n\(PastedCommand.naming($0).harmless())") }
  }
}

extension MessageStory {
  fileprivate var text: String {
    let owner = SpoolKey.isPending(entity) ? "an unknown sender" : entity
    let deleter = deletedBy.map { " by \($0)" } ?? ""
    let lines =
      ["Message \(id) of \(owner): \(state)\(deleter)"]
      + facts.map { "  \($0.0.padding(toLength: 12, withPad: " ", startingAt: 0))\($0.1)" }
    return lines.map { $0.harmless() }.joined(separator: "\n")
  }

  private var facts: [(String, String)] {
    let ids = ([messageID].compactMap(\.self) + atProvider.map { "at the provider \($0)" }).joined(separator: ", ")
    return [
      ("Received", "\(time(receivedAt)) from \(client)\(source.map { ", \($0)" } ?? ""), \("octet".counted(octets))"),
      ("Message-ID", ids.isEmpty ? "none" : ids),
      ("From", sender ?? "not kept"),
      ("To", destinations),
      ("Attempts", firstAttemptAt.map { "\(attempts), the first \(time($0))" } ?? "\(attempts)"),
      ending,
    ] + (sentCopy.map { [("Sent copy", $0)] } ?? [])
  }

  private var ending: (String, String) {
    let words = lastReply.isEmpty ? "" : ": \(lastReply)"
    guard let endedAt else {
      let next =
        heldBecause.map { PastedCommand.naming($0) } ?? nextAttemptAt.map { "next attempt \(time($0))" } ?? "held"
      return ("Waits", "\(next)\(words)")
    }
    let way = sentAs.map { " as \($0)" } ?? ""
    switch state {
    case "delivered": return ("Delivered", "\(time(endedAt))\(way)\(words)")
    case "deleted": return ("Deleted", "\(time(endedAt))\(deletedBy.map { " by \($0)" } ?? "")\(words)")
    default: return ("Ended", "\(time(endedAt))\(way)\(words)")
    }
  }

  /// Of a message to very many, the JSON has all.
  private var destinations: String {
    let shown = recipients.prefix(20).map { recipient in
      let fate = recipient.fate == state ? "" : " (\(recipient.fate))"
      return "\(recipient.address ?? "not kept")\(recipient.words.map { " (failed: \($0))" } ?? fate)"
    }
    let more = recipients.count > shown.count ? ", and \(recipients.count - shown.count) more" : ""
    return recipients.isEmpty ? "nobody that is known" : shown.joined(separator: ", ") + more
  }

  private func time(_ date: Date) -> String { date.formatted(.iso8601) }
}
