// `letterhead app show`: everything about one app.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform

struct AppShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what one app may do, its password's age, and what it did lately.",
    discussion: "Example: letterhead app show erp")

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Argument(
    help: ArgumentHelp("The app, as [app.NAME] of the configuration names it.", valueName: "name"), completion: .apps)
  var name: String

  func run() async throws {
    let (apps, _) = try await ControlClient.use(try config.readOrAskRelay()) { try await $0.apps(named: name) }
    guard let app = apps.first else { throw CommandFailure("\(ControlRefusal.noApp(name))") }
    if json.isOn { return try printJSON(app) }
    print(app.name + (app.isApprovedHere ? ", approved here" : ""))
    for (label, value) in Self.facts(of: app) {
      print("  \((label + ":").padding(toLength: 18, withPad: " ", startingAt: 0))\(value)")
    }
  }

  private static func facts(of app: AppSummary) -> [(String, String)] {
    rules(of: app) + password(of: app) + activity(app.activity)
  }

  private static func rules(of app: AppSummary) -> [(String, String)] {
    guard app.isConfigured || app.isApprovedHere else { return [("configuration", "no [app.\(app.name)] any more")] }
    let lists = [
      ("recognised by", app.match, "sign-in only"), ("entities", app.entities, "by route"),
      ("senders", app.senders, "any"), ("recipients", app.recipients, "any"), ("may choose by", app.choose, "nothing"),
    ]
    return lists.map { ($0.0, $0.1.isEmpty ? $0.2 : $0.1.joined(separator: " ")) } + [("mode", app.mode)]
      + limits(of: app)
  }

  private static func limits(of app: AppSummary) -> [(String, String)] {
    let limits = [
      app.messagesPerMinute.map { "\("message".counted($0)) a minute" },
      app.messagesPerDay.map { "\("message".counted($0)) a day" },
      app.recipientsPerDay.map { "\("recipient".counted($0)) a day" },
      app.maxMessageBytes.map { "\("octet".counted($0)) a message" },
    ].compactMap(\.self)
    return limits.isEmpty ? [] : [("limits", limits.joined(separator: ", ") + "; beyond: \(app.beyond)")]
  }

  private static func password(of app: AppSummary) -> [(String, String)] {
    guard let madeAt = app.passwordMadeAt else {
      return app.signIn
        ? [("password", PastedCommand.naming("none; to make one: letterhead app password \(app.name)"))] : []
    }
    let older = app.olderPasswordUntil.map { [("older password", "good until \($0.formatted(.iso8601))")] } ?? []
    let signIn = app.signIn ? [] : [("sign-in", "not allowed: sign_in = true in [app.\(app.name)] is missing")]
    return [("password", "made \(madeAt.formatted(.iso8601))")] + older + signIn
  }

  private static func activity(_ activity: AppActivity?) -> [(String, String)] {
    guard let activity else { return [] }
    let numbers = [
      ("sessions", activity.sessions), ("messages", activity.messages), ("messages today", activity.messagesToday),
      ("recipients today", activity.recipientsToday), ("refused", activity.refused), ("held", activity.held),
      ("duplicates", activity.duplicates),
    ]
    let seen = activity.lastSeen.map { at in
      [("last seen", ([at.formatted(.iso8601)] + [activity.lastIdentity].compactMap(\.self)).joined(separator: ", "))]
    }
    let signIn = activity.lastSignIn.map { [("last sign-in", $0.formatted(.iso8601))] }
    return (seen ?? []) + (signIn ?? []) + numbers.compactMap { label, count in count.map { (label, "\($0)") } }
  }
}
