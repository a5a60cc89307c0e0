// How `letterhead setup` goes on to `letterhead connect`: its words, and whether it can be run at all.

import Diagnosis
import Foundation
import Letterhead
import Mailboxes
import Platform

struct SetupConnection {
  /// Of `letterhead connect`.
  let words: [String]
  /// The app is not registered yet, so what is printed is how to do that.
  let onlyExplains: Bool
  /// Somebody types the password, or signs in with a browser.
  private let needsPerson: Bool
  let isAttended: Bool

  init(
    _ choices: SetupChoices, in configuration: Configuration, passwordFile: String?, caFile: String?, isAttended: Bool
  ) {
    self.isAttended = isAttended
    var provider = Provider.smtp
    if case .provider(let name) = choices.server { provider = configuration.providers[name] }
    let usesBrowser = !choices.usesPassword && passwordFile == nil && provider.oauth?.authorizeURL != nil
    onlyExplains = usesBrowser && configuration.clients[provider.name]?.id == nil
    needsPerson = passwordFile == nil && provider != .sandbox && !onlyExplains
    var words = choices.connectWords + (caFile.map { ["--ca-file", $0] } ?? [])
    words += configuration.namedFile.map { ["--config", $0] } ?? []
    if onlyExplains {
      words.append("--explain")
    } else if usesBrowser {
      words += Self.browserWords(at: provider)
    } else if provider != .sandbox {
      words += ["--password-file", passwordFile ?? "-"]
    }
    self.words = words
  }

  /// A browser on this machine, or one elsewhere.
  private static func browserWords(at provider: Provider) -> [String] {
    if ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { (name: String) in getenv(name) != nil }) { return [] }
    return provider.oauth?.deviceURL == nil ? ["--paste"] : ["--device"]
  }

  var canGoOn: Bool { isAttended || !needsPerson }

  /// The command for when the app is registered.
  var afterwards: String {
    (["letterhead", "connect"] + words.filter { $0 != "--explain" } + ["--client-id"]).map(shellWord)
      .joined(separator: " ") + " ID"
  }
}
