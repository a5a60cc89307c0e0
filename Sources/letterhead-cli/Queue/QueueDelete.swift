// `letterhead queue delete`: messages are forgotten. Of more than are named by number, a person is told first how many.

import ArgumentParser
import Control
import Foundation
import Platform
import Spool

struct QueueDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete messages for good; nobody is told.",
    discussion: """
      Without numbers it says how many messages are meant, and whose, and asks; a script says --yes. What is deleted then \
      is what was counted, and nothing that came or changed meanwhile.

      Examples:
        letterhead queue delete 17
        letterhead queue delete --state failed --older-than 7d
        letterhead queue delete --all --entity acme --yes
      """)

  @OptionGroup var messages: MessageSelection
  @Flag(help: "Do not ask.")
  var yes = false

  func validate() throws { try messages.requireMessages() }

  func run() async throws {
    if yes || !messages.ids.isEmpty { return try await messages.change(.delete, saying: "deleted") }
    let configuration = try messages.config.readOrAskRelay()
    // Nothing is open while a person thinks: who only looks opens the queue in another way than who changes it.
    let counted = try await ControlClient.use(configuration) { try await CountedMessages(messages.filters, by: $0) }
    if counted.ids.isEmpty { return print(messages.noMatch) }
    guard Terminal.isThere else {
      throw CommandFailure("Without a terminal nobody can be asked. To delete \(counted.words), add --yes.")
    }
    guard Terminal.confirms("Delete \(counted.words) for good?") else { return print("Nothing was deleted.") }
    print("\(try await ControlClient.use(configuration) { try await counted.delete(by: $0) }) deleted.")
  }
}

/// Messages as they were when a person was asked about them.
private struct CountedMessages {
  private(set) var ids: [Int64] = []
  private var entities: [String: Int] = [:]
  private let filter: QueueFilter

  init(_ filters: FilterOptions, by control: ControlClient) async throws {
    filter = filters.filter(at: .now)
    var last: Int64?
    repeat {
      var page: [QueuedMessage] = []
      try await control.ask(.listMessages(ListMessages(filter, after: last))) {
        if case .message(let message) = $0 { page.append(message) }
      }
      for message in page {
        ids.append(message.id)
        entities[SpoolKey.isPending(message.entity) ? "unknown senders" : message.entity, default: 0] += 1
      }
      last = page.count == ListMessages.largestPage ? page.last?.id : nil
    } while last != nil
  }

  /// `12 messages (acme 10, beta 2)`.
  var words: String {
    let list = entities.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "\("message".counted(ids.count)) (\(list))"
  }

  /// What is gone meanwhile is gone, and no error.
  func delete(by control: ControlClient) async throws -> String {
    var deleted = 0
    for start in stride(from: 0, to: ids.count, by: 1000) {
      let part = Array(ids[start..<min(start + 1000, ids.count)])
      if case .changed(let count) = try await control.ask(.changeMessages(ChangeMessages(.delete, .numbered(part)))) {
        deleted += count
      }
    }
    return "message".counted(deleted)
  }
}
