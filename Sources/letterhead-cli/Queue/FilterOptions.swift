// Which messages are listed or changed: the same options for all of `letterhead queue`.

import ArgumentParser
import Control
import Diagnosis
import Foundation
import Letterhead
import Spool

struct FilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Messages of this entity only.", valueName: "entity"), completion: .entities)
  var entity: String?

  @Option(help: ArgumentHelp("Messages that this app has handed in.", valueName: "app"), completion: .apps)
  var app: String?

  @Option(
    help: ArgumentHelp("Messages to this address, or to one that fits: '*@example.org'.", valueName: "address"))
  var recipient: String?

  @Option(
    help: ArgumentHelp(
      "Messages that came longer ago than this: 90m, 7d, or before a time as --since has it.", valueName: "age"))
  var olderThan: String?

  @Option(
    help: ArgumentHelp(
      "Messages that came since then: 12h, 2d, today, yesterday, 2026-11-30, '2026-11-30 14:05'.", valueName: "time"))
  var since: String?

  @Option(help: "Messages in this state, as the list shows it.")
  var state: ListedMessage.State?

  func validate() throws {
    if let olderThan { _ = try PastTime.named(olderThan, by: "--older-than") }
    if let since { _ = try PastTime.named(since, by: "--since") }
    if let recipient, !QueueFilter.takesRecipient(recipient) {
      throw ValidationError("\"\(recipient)\" is no address. Write ada@example.org, or '*@example.org'.")
    }
  }

  func filter(at now: Date) -> QueueFilter {
    QueueFilter(
      entity: entity, app: app, recipient: recipient,
      receivedBefore: olderThan.flatMap { PastTime.moment($0, before: now) },
      receivedSince: since.flatMap { PastTime.moment($0, before: now) }, state: state)
  }

  /// As they were typed, for sentences: `--app erp --older-than 2d`.
  var words: String {
    let options = [
      ("--entity", entity), ("--app", app), ("--recipient", recipient), ("--older-than", olderThan),
      ("--since", since), ("--state", state?.rawValue),
    ]
    return options.compactMap { name, value in value.map { "\(name) \(shellWord($0))" } }.joined(separator: " ")
  }
}

extension PastTime {
  /// - Parameter option: which has the text.
  static func named(_ text: String, by option: String) throws -> Date {
    guard let moment = moment(text, before: Date()) else {
      throw ValidationError("\(option) \"\(text)\" is no time. Write it as \(forms).")
    }
    return moment
  }
}

extension ListedMessage.State: ExpressibleByArgument {}
