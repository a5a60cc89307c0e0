// `letterhead queue retry`, `hold`, `release` and `delete`.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import Spool

struct QueueRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try messages now; this lifts their mailbox's pause as well.",
    discussion: "A failed message waits again with the recipients that failed.\n\nExample: letterhead queue retry 17 18"
  )

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    try await messages.apply("due now") { state in
      try await state.liftPauses(for: messages.selection)
      return try await state.spool.retry(messages.selection, now: Date())
    }
  }
}

struct QueueHold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Keep messages back until they are released.",
    discussion: "Example: letterhead queue hold --all --entity acme")

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    try await messages.apply("held") { try await $0.spool.hold(messages.selection, now: Date()) }
  }
}

struct QueueRelease: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Let held messages go.", discussion: "Example: letterhead queue release 17")

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    try await messages.apply("released") { try await $0.spool.release(messages.selection, now: Date()) }
  }
}

struct QueueDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete messages for good; nobody is told.",
    discussion: "Example: letterhead queue delete 17")

  @OptionGroup var messages: MessageSelection

  func run() async throws {
    try await messages.apply("deleted") { try await $0.spool.delete(messages.selection, now: Date()) }
  }
}
