// `letterhead refresh-token`, which the relay starts and nobody types: one refresh that outlives the relay's death.

import ArgumentParser
import HTTP
import Letterhead
import Mailboxes
import OAuth
import StorageSQLite

struct RefreshToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh-token", abstract: "Refresh one sign-in, for the relay.", shouldDisplay: false)

  @Argument var words: [String] = []

  func run() async throws {
    Hardening.apply()
    throw ExitCode(
      await RefreshChild.run(words, over: HTTPClient()) { directory, entity throws(StoreError) in
        try SQLiteStorage.openMailboxes(in: directory, entities: [entity])
      })
  }
}
