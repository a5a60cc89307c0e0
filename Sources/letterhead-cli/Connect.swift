// `letterhead connect`: sign in, test the whole chain, and only then save.

import ArgumentParser
import Delivery
import Foundation
import Letterhead
import Mailboxes
import OAuth
import SMTP

struct Connect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Connect an entity's mailbox: test the whole chain, then save.",
    discussion: """
      Prints each step as it happens. When one fails, nothing is saved. Connecting the same address again replaces its \
      sign-in and takes the error flag down; another address is refused until `letterhead disconnect`.

      Examples:
        letterhead connect acme --smtp smtp.acme.example --address office@acme.example --password-file -
        letterhead connect acme --smtp relay.acme.example:25 --address office@acme.example --no-auth
        letterhead connect acme --smtp smtp.office365.com:587 --address billing@acme.example --auth xoauth2 \\
          --token-url https://login.microsoftonline.com/TENANT/oauth2/v2.0/token --client-id ID \\
          --scope "https://outlook.office.com/SMTP.Send offline_access" --refresh-token-file token.txt
        letterhead connect acme --provider sandbox
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"))
  var entity: String
  @Option(
    help: ArgumentHelp("The mailbox's address; every message of the entity goes out as it.", valueName: "address"))
  var address: String?
  @Option(help: ArgumentHelp("The mailbox's own display name.", valueName: "name"))
  var displayName: String?
  @OptionGroup(title: "Server") var server: ServerOptions
  @OptionGroup(title: "Sign-in") var signIn: SignInOptions

  func validate() throws {
    let isSandbox = server.provider == Provider.sandbox.name
    if address == nil, !isSandbox { throw ValidationError("Name the mailbox: --address office@acme.example.") }
    if let address, Address(address).map(\.domain.isEmpty) ?? true {
      throw ValidationError("\"\(address)\" is no mail address. Write --address office@acme.example.")
    }
    if !signIn.isNamed, !isSandbox {
      throw ValidationError(
        "Say how to sign in: --password-file FILE, --auth with --refresh-token-file, or --no-auth.")
    }
  }

  func run() async throws {
    let configuration = try config.read()
    _ = try configuration.entity(named: entity)
    var mailbox = try mailbox()
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    do throws(any Error) {
      let store = try MailboxStore(configuration)
      try await store.checkMayConnect(mailbox.address, to: entity)
      try await test(&mailbox, in: configuration)
      _ = try await store.connect(mailbox)
      unlink("\(configuration.stateDirectory)/\(entity).refresh-token")
    } catch {
      throw Sentence.of(error)
    }
    print("\(entity) is connected: its mail goes out as \(mailbox.address).")
  }

  /// The mailbox as it was described, not tested yet.
  private func mailbox() throws -> Mailbox {
    guard let address = Address(address ?? "\(entity)@sandbox.invalid") else {
      throw CommandFailure("\"\(address ?? entity)\" is no mail address.")
    }
    return Mailbox(
      entity: entity, address: address, displayName: displayName, provider: server.provider == nil ? .smtp : .sandbox,
      server: try server.server(), signIn: try signIn.signIn(for: address), authoritiesPEM: try server.authoritiesPEM(),
      connectedAt: Date())
  }

  /// Pins what the test has found, and takes over a refresh token that was rotated on the way.
  private func test(_ mailbox: inout Mailbox, in configuration: Configuration) async throws {
    guard case .oauth(let grant) = mailbox.signIn else {
      mailbox.mechanism = try await Chain(mailbox, in: configuration, tokens: nil).test().mechanism
      return
    }
    let rotated = "\(configuration.stateDirectory)/\(entity).refresh-token"
    let keeper = UnsavedGrant(grant, rotatedTo: rotated)
    do {
      mailbox.mechanism = try await Chain(mailbox, in: configuration, tokens: TokenSource(grant, keeper: keeper)).test()
        .mechanism
    } catch {
      guard await keeper.grant != grant else { throw error }
      throw CommandFailure(
        "\(error)\nThe provider has replaced the refresh token meanwhile. Next time: --refresh-token-file \(rotated)")
    }
    mailbox.signIn = .oauth(await keeper.grant)
  }
}
