// `letterhead queue hold`: messages wait for a person.

import ArgumentParser
import Control

struct QueueHold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Keep messages back until they are released.",
    discussion: "Example: letterhead queue hold --all --entity acme")

  @OptionGroup var messages: MessageSelection

  func run() async throws { try await messages.change(.hold, saying: "held") }
}
