// `letterhead app approve`: an unknown sender becomes an app, and its mail is released.

import ArgumentParser
import Control
import Letterhead

struct AppApprove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Make an unknown sender an app, and release its mail in the order in which it came.",
    discussion: """
      The app is recognised by the sender's unit, container, user or address, and is kept with the connections; \
      `letterhead app list` shows it as approved here. Approving a sender that was denied undoes that. Approving once more \
      releases what has come since.

      Example: letterhead app approve uid:33/shop.service --name shop --entity acme
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The sender, as `letterhead app pending` names it.", valueName: "key"),
    completion: .pendingSenders)
  var key: String
  @Option(help: ArgumentHelp("What the app is to be called.", valueName: "name"))
  var name: String
  @Option(help: ArgumentHelp("The entity that it sends as.", valueName: "entity"), completion: .entities)
  var entity: String

  func run() async throws {
    let call = ControlCall.approveSender(ApproveSender(key: key, name: name, entity: entity))
    try await ControlClient.use(try config.readOrAskRelay()) { control in
      let ending = try await control.ask(call) { reply in
        if case .note(let sentence) = reply { print(PastedCommand.naming(sentence)) }
      }
      ending.printSentence()
    }
  }
}
