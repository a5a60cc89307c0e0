// Which messages `retry`, `hold`, `release` and `delete` mean, and the way they are changed.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform
import Spool

struct MessageSelection: ParsableArguments {
  @OptionGroup var config: ConfigurationOption

  @Argument(
    help: ArgumentHelp("Messages, by the number `letterhead queue` shows.", valueName: "id"), completion: .messages)
  var ids: [String] = []

  @Flag(help: "Every message, or every one that the other options leave.")
  var all = false

  @OptionGroup(title: "Instead of numbers") var filters: FilterOptions

  /// The whole entity is meant: what waits, and what is still to come.
  var isEntity: Bool { ids.isEmpty && !all && filters.entity != nil && filters.filter(at: Date()).isOfEntityOnly }

  private var hasFilter: Bool { filters.filter(at: Date()) != QueueFilter() }

  func validate() throws {
    if !ids.isEmpty, all || hasFilter {
      throw ValidationError("Name messages by number, or say which with --all and the other options; not both.")
    }
    if ids.isEmpty, !all, !hasFilter {
      throw ValidationError("Name messages by number, or say --all, or which with --app, --state or the like.")
    }
    for id in ids where MessageID(id) == nil {
      throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.")
    }
  }

  /// For the orders that mean messages, and not an entity.
  func requireMessages() throws {
    if isEntity { throw ValidationError("For every message of \(filters.entity ?? ""), add --all.") }
  }

  var which: ChangeMessages.Which {
    if !ids.isEmpty { return .numbered(ids.compactMap { MessageID($0)?.rawValue }) }
    let filter = filters.filter(at: Date())
    return filter.isOfEntityOnly ? .all(entity: filter.entity) : .matching(filter)
  }

  /// Has the messages changed, says how many were, and of each that was named and was not, why.
  func change(_ order: ChangeMessages.Order, saying done: String) async throws {
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await change(order, which, saying: done, by: control)
    }
  }

  func change(
    _ order: ChangeMessages.Order, _ which: ChangeMessages.Which, saying done: String, by control: ControlClient
  ) async throws {
    var notes: [String] = []
    var unchanged: [String] = []
    let ending = try await control.ask(.changeMessages(ChangeMessages(order, which))) { reply in
      if case .note(let sentence) = reply { notes.append(sentence) }
      if case .unchanged(let sentence) = reply { unchanged.append(sentence) }
    }
    guard case .changed(let count) = ending else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if count > 0 || all {
      print("\("message".counted(count)) \(done).")
    } else if ids.isEmpty, notes.isEmpty {
      print(noMatch)
    }
    notes.forEach { print(PastedCommand.naming($0)) }
    if !unchanged.isEmpty { throw CommandFailure(unchanged.joined(separator: "\n")) }
  }

  /// What a filter that means nothing is answered.
  var noMatch: String {
    filters.words.isEmpty ? "The queue is empty." : "No message is meant by \(filters.words); nothing was changed."
  }
}
