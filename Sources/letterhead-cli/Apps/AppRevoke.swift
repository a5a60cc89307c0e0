// `letterhead app revoke`: an app's password, and its approval here, are gone at once.

import ArgumentParser
import Control
import Letterhead

struct AppRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Take an app's password or approval away, at once; its sessions end.",
    discussion: """
      An app that was approved here is none any more: its mail is an unknown sender's again. The older password of a rotation is gone as well. Mail that was accepted is sent all the same.

      Example: letterhead app revoke erp
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The app, as `letterhead app list` names it.", valueName: "name"), completion: .apps)
  var name: String

  func run() async throws {
    let call = ControlCall.revokePassword(RevokePassword(app: name))
    try await ControlClient.use(try config.readOrAskRelay()) { try await $0.ask(call).printSentence() }
  }
}
