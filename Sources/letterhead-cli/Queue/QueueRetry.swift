// `letterhead queue retry`: messages are due now.

import ArgumentParser
import Control

struct QueueRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try messages now; this lifts their mailbox's pause as well.",
    discussion: """
      A failed message waits again with the recipients that failed. What a person holds stays held, and is named. A \
      refused sign-in is not tried more often by it, since accounts get locked.

      Examples:
        letterhead queue retry 17 18
        letterhead queue retry --all --recipient '*@example.org'
      """)

  @OptionGroup var messages: MessageSelection

  func validate() throws { try messages.requireMessages() }

  func run() async throws { try await messages.change(.retry, saying: "due now") }
}
