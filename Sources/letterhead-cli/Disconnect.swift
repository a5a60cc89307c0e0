// `letterhead disconnect`: forgets the sign-in; mail is held.

import ArgumentParser
import Letterhead
import Mailboxes

struct Disconnect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forget an entity's mailbox; its mail is accepted and held.",
    discussion: """
      The saved sign-in is wiped. Queued mail stays and goes out through the mailbox that is connected next, under that \
      mailbox's address.

      Example: letterhead disconnect acme
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"))
  var entity: String

  func run() async throws {
    let configuration = try config.read()
    _ = try configuration.entity(named: entity)
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    do {
      let store = try MailboxStore(configuration)
      guard try await store.disconnect(entity) else {
        throw CommandFailure("\(entity) has no connected mailbox. Nothing was changed.")
      }
    } catch {
      throw Sentence.of(error)
    }
    print("\(entity) is disconnected. Its mail is held until: letterhead connect \(entity) …")
  }
}
