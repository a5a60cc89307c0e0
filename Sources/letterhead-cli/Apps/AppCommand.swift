// `letterhead app`: who may send, and with which passwords.

import ArgumentParser
import Control
import Foundation
import Letterhead

struct AppCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "app",
    abstract: "See the apps that send, give them passwords, and decide on unknown senders.",
    discussion: """
      An app is a table [app.NAME] of the configuration. For administrators. Works whether or not the relay is running.

      Examples:
        letterhead app list
        letterhead app password erp
        letterhead app revoke erp
        letterhead app pending
      """,
    subcommands: [
      AppList.self, AppShow.self, AppPasswordCommand.self, AppRevoke.self, AppPending.self, AppApprove.self,
      AppDeny.self,
    ],
    defaultSubcommand: AppList.self)
}

extension ControlClient {
  /// Asks for apps.
  ///
  /// - Parameter name: this one only.
  /// - Returns: them, and the line that ends the answer.
  func apps(named name: String? = nil) async throws -> (apps: [AppSummary], ending: ControlReply) {
    var apps: [AppSummary] = []
    let ending = try await ask(.listApps(ListApps(name: name))) { reply in
      if case .app(let app) = reply { apps.append(app) }
    }
    return (apps, ending)
  }
}
