// `letterhead reconnect`: the saved connection again, with what is new.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes

struct Reconnect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Connect an entity's saved mailbox again, asking only for what is new.",
    discussion: """
      Provider, server, user name, app and certificates stay as they are saved. Asked for is what replaces the secret: the \
      new password, or a person's sign-in with the browser; an app that signs in by itself is asked for nothing, and may \
      be given a new secret. Then it tests each step as `letterhead connect` does, saves, and takes the error flag down. \
      When a step fails, nothing changes. To change the address or the provider, use `letterhead disconnect` and \
      `letterhead connect`.

      Exit codes:
        0   the mailbox is connected
        1   it did not work, and nothing was changed
        75  the request is filed, and waits for an administrator's approval

      Examples:
        letterhead reconnect acme
        letterhead reconnect acme --password-file /root/acme.password
        letterhead reconnect acme --paste
        letterhead reconnect acme --client-secret-file /root/acme.secret
        letterhead reconnect acme --smtp smtp.acme.example:587
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The entity, as the configuration names it.", valueName: "entity"), completion: .entities)
  var entity: String
  @Flag(
    inversion: .prefixedNo,
    help: "Send a real message to the mailbox itself; usual at providers that judge a sender only then.")
  var sendTest: Bool?
  @OptionGroup var request: JustificationOption
  @OptionGroup(title: "Sign-in") var signIn: RenewalOptions
  @OptionGroup(title: "Server") var server: MovedServerOptions

  func run() async throws {
    Hardening.apply()
    let configuration = try config.read()
    _ = try configuration.entity(named: entity)
    // Files are read while this is still the user who named them.
    let renewal = try Renewal(signIn)
    let authorities = try server.authoritiesPEM()
    try await ControlClient.use(configuration) { control in
      var mailbox = try server.moved(try await saved(control, configuration), trusting: authorities)
      mailbox.given = GivenOptions(
        configuration: configuration.namedFile, signIn: signIn.words, authoritiesFile: server.caFile, isReconnect: true)
      let flow = try renewal.flow(for: mailbox, configuration)
      mailbox.signIn = flow.described
      let permission = AskPermission(ConnectionChange(connecting: mailbox), justification: request.justification)
      try await control.ask(.askPermission(permission))
      mailbox.signIn = try await flow.signIn(for: mailbox)
      let call = ReconnectMailbox(mailbox, sendingTest: sendTest, justification: request.justification)
      try await control.ask(.reconnectMailbox(call)) { $0.printStep() }.printSentence()
    }
  }

  private func saved(_ control: ControlClient, _ configuration: Configuration) async throws -> Mailbox {
    var found: Mailbox?
    try await control.ask(.describeMailbox(DescribeMailbox(entity: entity))) { reply in
      if case .mailbox(let payload) = reply { found = payload.mailbox }
    }
    guard var mailbox = found else { throw CommandFailure("\(ControlRefusal.notACall)") }
    mailbox.provider = configuration.providers[mailbox.provider.name].reached(by: mailbox.provider.transport)
    return mailbox
  }
}
