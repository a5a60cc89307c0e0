// `letterhead deny`: an administrator says no, and why.

import ArgumentParser
import Control
import Letterhead

struct Deny: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Deny a request.", discussion: "Example: letterhead deny 3 --reason \"Use the shared mailbox\"")

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The request, as `letterhead requests` numbers it.", valueName: "number"), completion: .requests)
  var number: Int64
  @Option(help: ArgumentHelp("Why, for whoever asked.", valueName: "text"))
  var reason: String

  func run() async throws {
    let call = ControlCall.denyRequest(DenyRequest(number, reason: reason))
    try await ControlClient.use(try config.readOrAskRelay()) { try await $0.ask(call).printSentence() }
  }
}
