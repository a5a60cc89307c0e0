// `letterhead disconnect`: forgets the sign-in; mail is held.

import ArgumentParser
import Control
import Letterhead

struct Disconnect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forget an entity's mailbox; its mail is accepted and held.",
    discussion: """
      The saved sign-in is wiped. Queued mail stays and goes out through the mailbox that is connected next, under that \
      mailbox's address. Who is no administrator needs an approval, where the configuration says so.

      Exit codes:
        0   the sign-in is forgotten
        1   it did not work, and nothing was changed
        75  the request is filed, and waits for an administrator's approval

      Example: letterhead disconnect acme
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var request: JustificationOption
  @Argument(
    help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"), completion: .entities)
  var entity: String

  func run() async throws {
    let call = DisconnectMailbox(entity: entity, justification: request.justification)
    try await ControlClient.use(try config.readOrAskRelay()) {
      try await $0.ask(.disconnectMailbox(call)).printSentence()
    }
  }
}
