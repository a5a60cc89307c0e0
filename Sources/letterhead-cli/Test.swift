// `letterhead test`: the whole chain of a connected mailbox again.

import ArgumentParser
import Delivery
import HTTP
import Letterhead
import Mailboxes
import OAuth
import SMTP
import StorageSQLite

struct Test: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test an entity's connection, step by step.",
    discussion: """
      Runs the same steps as `letterhead connect` with the saved sign-in, and changes nothing. With --to it sends a real \
      message.

      Example: letterhead test acme --to me@acme.example
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"))
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
    let configuration = try config.read()
    _ = try configuration.entity(named: entity)
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    do throws(any Error) {
      let store = try SQLiteStorage.openMailboxes(of: configuration)
      guard let mailbox = try await store.load().mailbox(of: entity) else {
        throw CommandFailure("\(entity) has no connected mailbox. Run: letterhead connect \(entity) --help")
      }
      // A person's Ctrl-C in the middle of a refresh must not cost the sign-in.
      let tokens: TokenSource? =
        if case .oauth(let grant) = mailbox.signIn {
          TokenSource(grant, of: mailbox, in: store, over: HTTPClient(), helper: RefreshHelper(log: .commands))
        } else { nil }
      try await Workbench.lend(configuration) { surroundings in
        _ = try await surroundings.walk(mailbox, tokens: tokens, sendingTo: recipient.flatMap { Address($0) }) {
          Workbench.show($0)
        }
      }
    } catch {
      throw Sentence.of(error)
    }
    print(recipient.map { "It works; a message is on its way to \($0)." } ?? "It works.")
  }
}
