// `letterhead test`: the whole chain of a connected mailbox again.

import ArgumentParser
import Control
import Letterhead
import SMTP

struct Test: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test an entity's connection, step by step.",
    discussion: """
      For administrators. Runs the same steps as `letterhead connect` with the saved sign-in. With --to it sends a real \
      message, past the queue: also where all mail of the entity is held, which it says then. When all of it works, an error \
      flag or a pause that this disproves is lifted; nothing else changes. A running relay tests from where it stands, with its \
      own network and tokens.

      Exit codes:
        0  it works, perhaps while all mail of the entity is held
        1  a step has failed, or no mailbox is connected

      Example: letterhead test acme --to me@acme.example
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"), completion: .entities)
  var entity: String
  @Option(
    name: .customLong("to"), help: ArgumentHelp("Send a short message to this address as well.", valueName: "address"))
  var recipient: String?

  func validate() throws {
    if let recipient, Address(recipient).map(\.domain.isEmpty) ?? true {
      throw ValidationError("\"\(recipient)\" is no mail address.")
    }
  }

  func run() async throws {
    Hardening.apply()
    let configuration = try config.readOrAskRelay()
    if configuration.isWhole { _ = try configuration.entity(named: entity) }
    try await ControlClient.use(configuration) { control in
      try await control.ask(.testMailbox(TestMailbox(entity: entity, recipient: recipient))) { $0.printStep() }
        .printSentence()
    }
  }
}
