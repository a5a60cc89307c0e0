// `letterhead queue delete`: messages are forgotten.

import ArgumentParser
import Control

struct QueueDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete messages for good; nobody is told.",
    discussion: "Example: letterhead queue delete 17")

  @OptionGroup var messages: MessageSelection

  func run() async throws { try await messages.change(.delete, saying: "deleted") }
}
