// `letterhead queue release`: ends `hold`.

import ArgumentParser
import Control

struct QueueRelease: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Let held messages go, or all mail of an entity.",
    discussion: """
      With --entity alone it ends `letterhead queue hold --entity`; messages that were held by number stay held. With \
      --all --entity it lets go of those.

      Examples:
        letterhead queue release 17
        letterhead queue release --entity acme
      """)

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    if messages.isEntity { return try await messages.changeEntity(.release) }
    try await messages.change(.release, saying: "released")
  }
}
