// `letterhead app deny`: an unknown sender is refused, and its mail fails.

import ArgumentParser
import Control
import Letterhead

struct AppDeny: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny",
    abstract: "Refuse an unknown sender from now on; its mail fails, with a report to administrators.",
    discussion: """
      The report goes to mail_to of [alert], where that is set. What has failed is kept for 30 days.

      Example: letterhead app deny net:192.0.2.7
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The sender, as `letterhead app pending` names it.", valueName: "key"),
    completion: .pendingSenders)
  var key: String

  func run() async throws {
    let call = ControlCall.denySender(DenySender(key: key))
    try await ControlClient.use(try config.readOrAskRelay()) { try await $0.ask(call).printSentence() }
  }
}
