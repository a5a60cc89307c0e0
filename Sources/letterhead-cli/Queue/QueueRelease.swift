// `letterhead queue release`: ends `hold`.

import ArgumentParser
import Control

struct QueueRelease: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Let held messages go.", discussion: "Example: letterhead queue release 17")

  @OptionGroup var messages: MessageSelection

  func run() async throws { try await messages.change(.release, saying: "released") }
}
