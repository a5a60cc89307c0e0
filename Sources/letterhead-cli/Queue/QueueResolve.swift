// `letterhead queue resolve`: a person decides on messages of which nobody knows whether they have arrived.

import ArgumentParser
import Control
import Platform
import Spool

struct QueueResolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Say of messages in the state unknown whether they have arrived or are to be sent again.",
    discussion: """
      Such a message was handed over whole, and no answer came. Ask the recipient, or look into the mailbox's Sent folder: \
      with "delivered" it is done, with "retry" it is sent once more and may arrive twice.

      Examples:
        letterhead queue resolve 17 delivered
        letterhead queue resolve 17 18 retry
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp(
      "Messages, by the number `letterhead queue` shows, then delivered or retry.", valueName: "id … delivered|retry"),
    completion: .messages)
  var words: [String]

  private var order: ResolveMessages.Order? { words.last.flatMap(ResolveMessages.Order.init) }
  private var ids: [String] { Array(words.dropLast()) }

  func validate() throws {
    guard order != nil, !ids.isEmpty else {
      throw ValidationError("Write which messages, and what became of them: letterhead queue resolve 17 delivered")
    }
    for id in ids where MessageID(id) == nil {
      throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.")
    }
  }

  func run() async throws {
    guard let order else { return }
    let call = ControlCall.resolveMessages(ResolveMessages(order, ids.compactMap { MessageID($0)?.rawValue }))
    var unchanged: [String] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(call) { if case .unchanged(let sentence) = $0 { unchanged.append(sentence) } }
    }
    guard case .changed(let count) = ending else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if count > 0 { print("\("message".counted(count)) \(order.ending).") }
    if !unchanged.isEmpty { throw CommandFailure(unchanged.joined(separator: "\n")) }
  }
}

extension ResolveMessages.Order {
  fileprivate var ending: String {
    switch self {
    case .delivered: "taken as delivered"
    case .retry: "to be sent again"
    }
  }
}
