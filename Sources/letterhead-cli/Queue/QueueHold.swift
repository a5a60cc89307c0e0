// `letterhead queue hold`: messages wait for a person, or all mail of an entity does.

import ArgumentParser
import Control

struct QueueHold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Keep messages back, or all mail of an entity, until they are released.",
    discussion: """
      With --entity alone the whole entity is held: what waits, and what is still to come, over restarts as well. Mail is \
      accepted meanwhile, and does not grow too old.

      Examples:
        letterhead queue hold 17
        letterhead queue hold --entity acme
        letterhead queue hold --all --entity acme --app crm
      """)

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    if messages.isEntity { return try await messages.changeEntity(.hold) }
    try await messages.change(.hold, saying: "held")
  }
}

extension MessageSelection {
  /// Has all mail of the entity kept back, or sent again.
  func changeEntity(_ order: HoldEntity.Order) async throws {
    guard let entity = filters.entity else { return }
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.holdEntity(HoldEntity(order, entity))) {
        if case .note(let sentence) = $0 { print(PastedCommand.naming(sentence)) }
      }.printSentence()
    }
  }
}
