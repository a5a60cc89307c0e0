// `letterhead route`: which app and entity a message would belong to.

import Access
import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform
import Submission

struct RouteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Tell which app and entity a message would belong to, without sending one.",
    discussion: """
      Without --user and --client the message comes from you, on this host.

      Exit codes:
        0  it would be accepted
        1  it would be refused, or that cannot be told

      Examples:
        letterhead route --from erp@acme.example
        letterhead route --from root --user www-data --unit php8.2-fpm.service
        letterhead route --from scan@lan --client 192.0.2.17 \\
          --listener 0.0.0.0:25
        letterhead route --from a@b.example --app crm --entity brandb
      """)

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("The envelope's sender; \"<>\" for the empty one.", valueName: "address"))
  var sender: String
  @Option(help: ArgumentHelp("Whom the header's From names, where that is another.", valueName: "address"))
  var headerFrom: String?
  @Option(help: ArgumentHelp("The user whose program sends: a name or a uid.", valueName: "user")) var user: String?
  @Option(help: ArgumentHelp("Its systemd unit.", valueName: "name")) var unit: String?
  @Option(help: ArgumentHelp("The id of its container.", valueName: "id")) var container: String?
  @Option(help: ArgumentHelp("The address of another host that sends.", valueName: "address")) var client: String?
  @Option(
    help: ArgumentHelp("The app as which it signs in; app+entity names an entity.", valueName: "name"),
    completion: .apps)
  var app: String?
  @Option(help: ArgumentHelp("What it writes into X-Letterhead-Entity.", valueName: "name"), completion: .entities)
  var entity: String?
  @Option(help: ArgumentHelp("The listener's address, as the configuration writes it.", valueName: "address"))
  var listener: String?
  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    let configuration = try config.readOrAskRelay()
    var explanation: RouteExplanation?
    let verb = ExplainRoute(
      client: try identity(configuration), sender: sender == "<>" ? nil : sender, author: headerFrom ?? authorBySender,
      named: entity, namedAtSignIn: app.flatMap(AppUser.init)?.entity)
    try await ControlClient.use(configuration) { control in
      _ = try await control.ask(.explainRoute(verb)) { reply in
        if case .route(let found) = reply { explanation = found }
      }
    }
    guard let explanation else { throw CommandFailure("\(ControlRefusal.notACall)") }
    if json.isOn { try printJSON(explanation) } else { print(Self.text(of: explanation)) }
    if explanation.outcome == .refused { throw ExitCode(1) }
  }

  private var authorBySender: String? { sender == "<>" || !sender.contains("@") ? nil : sender }

  /// As the relay would see the client.
  private func identity(_ configuration: Configuration) throws -> ClientIdentity {
    let place = listener ?? configuration.listeners.first?.address ?? ""
    let name = app.flatMap(AppUser.init)?.app
    if let client { return ClientIdentity(address: client, listener: place, app: name) }
    var service: ControlGroup?
    if let container { service = .container(container) } else if let unit { service = .unit(unit) }
    return ClientIdentity(
      address: "127.0.0.1", listener: place, user: try localUser(), service: service, app: name)
  }

  private func localUser() throws -> LocalUser {
    guard let user else { return SystemAccounts().user(getuid()) }
    if let uid = UInt32(user) { return SystemAccounts().user(uid) }
    guard let uid = SystemAccounts().uid(of: user) else {
      throw CommandFailure("This host has no user \(user.harmless()). getent passwd lists them.")
    }
    return SystemAccounts().user(uid)
  }

  private static func text(of explanation: RouteExplanation) -> String {
    let app = explanation.app.map { "app \($0)" } ?? "no app"
    return switch explanation.outcome {
    case .accepted: "\(app) → entity \(explanation.entity ?? ""): \(explanation.reason)."
    case .held: "\(app) → held: \(explanation.reason)"
    case .refused: "\(app) → refused: \(explanation.reason)"
    }
  }
}
