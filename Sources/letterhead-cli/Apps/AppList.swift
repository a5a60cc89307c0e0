// `letterhead app list`: one line an app.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Platform

struct AppList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the apps, with what each did lately and how old its password is.",
    discussion: """
      Beside the configuration's apps those that were approved here, and passwords whose app is not configured any more.

      Example: letterhead app list --json
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    let (apps, ending) = try await ControlClient.use(try config.readOrAskRelay()) { try await $0.apps() }
    if json.isOn { return try printJSON(apps) }
    let now = Date()
    apps.forEach { print(Self.line(of: $0, at: now)) }
    ending.printSentence()
  }

  private static func line(of app: AppSummary, at now: Date) -> String {
    let who = app.match.isEmpty ? nil : app.match.joined(separator: " ")
    let kind: String? =
      app.isApprovedHere ? "approved here" : app.isConfigured ? nil : "not in the configuration any more"
    let seen = app.activity?.lastSeen.map { "seen \(StatusReport.span(now.timeIntervalSince($0))) ago" }
    let sent = app.activity?.messagesToday.map { "\("message".counted($0)) today" }
    return ([app.name] + [kind, who, password(of: app, at: now), seen, sent].compactMap(\.self)).joined(separator: "  ")
  }

  private static func password(of app: AppSummary, at now: Date) -> String? {
    guard let madeAt = app.passwordMadeAt else { return app.signIn ? "may sign in, has no password" : nil }
    let used = app.activity?.lastSignIn.map { ", signed in \(StatusReport.span(now.timeIntervalSince($0))) ago" } ?? ""
    return "password made \(StatusReport.span(now.timeIntervalSince(madeAt))) ago\(used)"
  }
}
