// `letterhead approve`: an administrator lets somebody make a change.

import ArgumentParser
import Control
import Letterhead

struct Approve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Approve a request; whoever filed it may then make that change, once, within 7 days.",
    discussion: "Example: letterhead approve 3")

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The request, as `letterhead requests` numbers it.", valueName: "number"), completion: .requests)
  var number: Int64

  func run() async throws {
    let call = ControlCall.approveRequest(ApproveRequest(number))
    try await ControlClient.use(try config.readOrAskRelay()) { try await $0.ask(call).printSentence() }
  }
}
