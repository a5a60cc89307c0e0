// `letterhead queue retry`: messages are due now.

import ArgumentParser
import Control

struct QueueRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try messages now; this lifts their mailbox's pause as well.",
    discussion: "A failed message waits again with the recipients that failed.\n\nExample: letterhead queue retry 17 18"
  )

  @OptionGroup var messages: MessageSelection

  func run() async throws { try await messages.change(.retry, saying: "due now") }
}
