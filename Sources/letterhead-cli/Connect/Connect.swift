// `letterhead connect`: sign in, test the whole chain, and only then save.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes
import OAuth
import SMTP

struct Connect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Connect an entity's mailbox: sign in, test the whole chain, then save.",
    discussion: """
      Prints each step as it happens. When one fails, nothing is saved. Connecting the same address again replaces its \
      sign-in and takes the error flag down; another address is refused until `letterhead disconnect`.

      At a provider with OAuth a person signs in with a browser: the address to open stands alone on a line. Without a \
      browser on this machine use --paste. With --explain it prints what to register at the provider first, and does \
      nothing else.

      Where SMTP is switched off or its port is blocked, mail goes by HTTPS: --transport graph at Microsoft, --transport \
      gmail-api at Google. Each needs a sign-in of its own, because SMTP and the mail API are approved one by one. Without \
      --transport it is SMTP, and where that is closed the command for the other way is printed.

      Who is no administrator of this relay may need an approval: with --justification the first run files the request, \
      and the same command, once it is approved, connects. An approval is for all of the \
      connection but its secrets: another port, user name or token endpoint needs another one.

      A connection that is saved, and needs a new password or sign-in only, is renewed by `letterhead reconnect`.

      Exit codes:
        0   the mailbox is connected
        1   it did not work, and nothing was changed
        75  the request is filed, and waits for an administrator's approval

      Examples:
        letterhead connect acme --provider microsoft --client-id ID \\
          --address billing@acme.example
        letterhead connect acme --provider google --paste \\
          --address office@acme.example
        letterhead connect acme --provider microsoft --app-only --explain
        letterhead connect acme --provider microsoft --transport graph \\
          --client-id ID --address billing@acme.example
        letterhead connect acme --smtp smtp.acme.example --password-file - \\
          --address office@acme.example
        letterhead connect acme --smtp relay.acme.example:25 --no-auth \\
          --address office@acme.example
        letterhead connect acme --provider sandbox
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"), completion: .entities)
  var entity: String
  @Option(
    help: ArgumentHelp("The mailbox's address; every message of the entity goes out as it.", valueName: "address"))
  var address: String?
  @Option(help: ArgumentHelp("The mailbox's own display name.", valueName: "name"))
  var displayName: String?
  @Flag(help: "Print, step by step, what to register at the provider, and do nothing else.")
  var explain = false
  @Flag(
    inversion: .prefixedNo,
    help: "Send a real message to the mailbox itself; usual at providers that judge a sender only then.")
  var sendTest: Bool?
  @OptionGroup var request: JustificationOption
  @OptionGroup(title: "Server") var server: ServerOptions
  @OptionGroup(title: "Sign-in") var signIn: SignInOptions
  @OptionGroup(title: "App") var client: ClientOptions

  func validate() throws {
    guard let address else {
      if server.provider == Provider.sandbox.name || explain { return }
      throw ValidationError("Name the mailbox: --address office@acme.example.")
    }
    if Address(address).map(\.domain.isEmpty) ?? true {
      throw ValidationError("\"\(address)\" is no mail address. Write --address office@acme.example.")
    }
  }

  func run() async throws {
    Hardening.apply()
    let configuration = try config.read()
    _ = try configuration.entity(named: entity)
    let address = try mailAddress
    let provider = try server.reached(try await ProviderChoice(configuration, address).provider(for: server))
    let way = try signIn.way(at: provider)
    if explain {
      let client = client.merged(with: configuration.clients[provider.name])
      return print(Explanation(of: provider, way, client, entity: entity, address: self.address).text)
    }
    let justification = request.justification
    // Files are read while this is still the user who named them.
    var mailbox = Mailbox(
      entity: entity, address: address, displayName: displayName, provider: provider,
      server: try server.server(of: provider), signIn: .none, authoritiesPEM: try server.authoritiesPEM(),
      connectedAt: Date())
    let flow = try SignInFlow(signIn, client, way: way, at: provider, for: address, configuration)
    mailbox.signIn = flow.described
    mailbox.given = GivenOptions(
      configuration: configuration.namedFile, signIn: signIn.words + client.words, authoritiesFile: server.caFile)
    mailbox.given.offersOtherWay = server.transport == .auto
    // Nobody types a password, nor signs in, for a change that is not theirs to make.
    let permission = AskPermission(ConnectionChange(connecting: mailbox), justification: justification)
    try await ControlClient.use(configuration) { control in
      try await control.ask(.askPermission(permission))
      mailbox.signIn = try await flow.signIn(for: mailbox)
      let call = ConnectMailbox(mailbox, sendingTest: sendTest, justification: justification)
      try await control.ask(.connectMailbox(call)) { $0.printStep() }.printSentence()
    }
  }

  private var mailAddress: Address {
    get throws {
      let text = address ?? (explain ? "you@example.com" : "\(entity)@sandbox.invalid")
      guard let address = Address(text) else { throw CommandFailure("\"\(text)\" is no mail address.") }
      return address
    }
  }
}
