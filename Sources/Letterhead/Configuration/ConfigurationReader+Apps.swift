// `[app.NAME]` and `[access]`: who sends, and what only shows when they are seen beside entities and listeners.

import Access
import Mailboxes
import Submission

extension ConfigurationReader {
  /// Without `allow`, which the entities say.
  func accessRules(in top: ConfigurationSection) -> AccessRules {
    var rules = AccessRules()
    read("access", of: top, ConfigurationTables.access, into: &rules)
    rules.apps = top.table("app")?.allTables().map(app(from:)) ?? []
    return rules
  }

  private func app(from section: ConfigurationSection) -> App {
    if !Self.isPlain(section.name) {
      section.report(nil, "An app's name is written in small letters, digits, - and _: [app.erp].")
    }
    var app = App(name: section.name)
    ConfigurationTables.app.read(section, into: &app)
    read("limits", of: section, ConfigurationTables.appLimits, into: &app.limits)
    section.refuseOthers()
    checkKeys(of: app, in: section)
    return app
  }

  private func checkKeys(of app: App, in section: ConfigurationSection) {
    if !section.contains("match"), !app.signsIn {
      section.report(
        nil,
        "Nothing tells who \(app.name) is. Add match = [\"unit:\(app.name).service\"], or sign_in = true for an app with a "
          + "password.")
    }
    if app.signsInByCramMD5, !app.signsIn {
      section.report("cram_md5", "cram_md5 = true needs sign_in = true as well.")
    }
    if !app.choose.isEmpty, !section.contains("entities") {
      section.report("choose", "choose needs the list that is chosen from as well: entities = [\"acme\", \"brandb\"].")
    }
  }

  // MARK: What only shows when all is read

  func checkAccess(_ configuration: Configuration) {
    let entities = configuration.entities.map(\.key)
    let apps = configuration.access.apps.map(\.name)
    for app in configuration.access.apps {
      for entity in app.entities { requireEntity(entity, among: entities, at: ["app", app.name, "entities"]) }
      requireListeners(app.match, of: configuration, at: ["app", app.name, "match"])
    }
    for (entity, patterns) in configuration.access.allow {
      let path = ["entity", entity, "allow"]
      requireListeners(patterns, of: configuration, at: path)
      for case .app(let name) in patterns where !apps.contains(name) {
        file.report("There is no app \"\(name)\". Add [app.\(name)].", at: path)
      }
    }
  }

  private func requireListeners(_ patterns: [AppPattern], of configuration: Configuration, at path: [String]) {
    for case .listener(let address) in patterns
    where !configuration.listeners.contains(where: { $0.address == address }) {
      file.report(
        "There is no [[listener]] with address = \"\(address)\". Write one's address as it stands there.", at: path)
    }
  }
}
