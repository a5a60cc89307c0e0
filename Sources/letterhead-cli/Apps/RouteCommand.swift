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
      Tells the app's mode, as whom it would go out, what it would wait for, and the limits on it as well. \
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
    if json.isOn { try printJSON(explanation) } else { print(PastedCommand.naming(explanation.text)) }
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
}

extension RouteExplanation {
  fileprivate var text: String {
    let details = (handling?.lines ?? []) + limits.map { ("limits", $0.words) }
    return ([verdict] + details.map { "  \($0.0.padding(toLength: 10, withPad: " ", startingAt: 0))\($0.1)" })
      .joined(separator: "\n")
  }

  private var verdict: String {
    let app = app.map { "app \($0)" } ?? "no app"
    return switch (outcome, entity) {
    case (.accepted, _): "\(app) → entity \(entity ?? ""): \(reason)."
    case (.held, let entity?): "\(app) → entity \(entity), held: \(reason)."
    case (.held, nil): "\(app) → held: \(reason)"
    case (.refused, _): "\(app) → refused: \(reason)"
    }
  }
}

extension RouteHandling {
  /// Each with its label.
  fileprivate var lines: [(String, String)] {
    [("mode", "\(mode): \(destination)"), ("From", sender), ("Reply-To", answers)]
      + (waits.map { [("waits", $0)] } ?? [])
  }

  private var destination: String {
    switch mode {
    case "normal": "it goes to its recipients"
    case "hold": "it is accepted, and waits for letterhead queue release"
    case "sandbox": "it is kept as a file in state_dir/sandbox, and sent to nobody"
    default: "everything goes there, and nothing to its recipients"
    }
  }

  private var sender: String {
    let name = name.map { "the name \"\($0)\"" } ?? "the name that the app gave"
    return "becomes \(address ?? "the mailbox's address"), with \(name) (display_name = \"\(displayName)\")"
  }

  private var answers: String {
    let words =
      replyTo == "none"
      ? "stays as the app gave it" : "becomes the app's From, where the app gave none and one can answer"
    return "\(words) (reply_to = \"\(replyTo)\")"
  }
}

extension RouteLimits {
  fileprivate var words: String {
    let limits = [
      maxMessageBytes.map { "\("octet".counted($0)) a message" },
      recipientsPerMessage.map { "\("recipient".counted($0)) a message" },
      messagesPerMinute.map { "\("message".counted($0)) a minute" },
      messagesPerDay.map { "\("message".counted($0)) a day" },
      recipientsPerDay.map { "\("recipient".counted($0)) a day" },
    ].compactMap(\.self)
    return "\(place): \(limits.joined(separator: ", "))" + (beyond.map { "; beyond: \($0)" } ?? "")
  }
}
