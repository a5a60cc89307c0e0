// `letterhead refresh-token`, which the relay starts and nobody types: one refresh that outlives the relay's death.

import ArgumentParser
import HTTP
import Letterhead
import Mailboxes
import OAuth

struct RefreshToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh-token", abstract: "Refresh one sign-in, for the relay.", shouldDisplay: false)

  @Argument var words: [String] = []

  func run() async throws {
    Hardening.apply()
    let code = await RefreshChild.run(words, over: HTTPClient()) { state, entity in
      try MailboxStore(directory: state, entities: [entity])
    }
    throw ExitCode(code)
  }
}
