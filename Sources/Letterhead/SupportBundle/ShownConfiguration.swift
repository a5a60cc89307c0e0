// The configuration as a support bundle shows it: made from the values that were read, never from the text of the file, so
// that no comment and nothing that was not understood has a way in. Values of closed kinds (numbers, choices, times, sizes)
// are shown; texts only of the keys that are listed here.

import Access
import Mailboxes
import Submission

struct ShownConfiguration {
  /// Texts that say where things are, and are nobody's secret.
  private static let shownTexts: Set<String> = [
    "state_dir", "status_file", "drop_dir", "address", "certificate", "proxy", "entity", "mail_from_entity", "host",
    "entities",
  ]
  private static let addresses: Set<String> = ["senders", "notify", "local_recipients", "mail_to"]
  /// What the declarations say of keys whose every value is harmless.
  private static let closedKinds = [
    "one of ", "true or false", "a whole number", "a list of whole numbers", "a size as ", "a time as ", "a day as ",
  ]

  private let digest: AddressDigest
  private var lines: [String] = []

  static func text(of configuration: Configuration, _ digest: AddressDigest) -> String {
    var shown = ShownConfiguration(digest: digest)
    shown.add(configuration)
    return shown.lines.joined(separator: "\n") + "\n"
  }

  private init(digest: AddressDigest) { self.digest = digest }

  private mutating func add(_ configuration: Configuration) {
    add(nil, ConfigurationTables.top, configuration)
    for listener in configuration.listeners { add("[[listener]]", ConfigurationTables.listener, listener) }
    for entity in configuration.entities {
      var keys = EntityKeys(key: entity.key)
      (keys.entity, keys.allow) = (entity, configuration.access.allow[entity.key])
      add("[entity.\(name(entity.key))]", ConfigurationTables.entity, keys)
      add("[entity.\(name(entity.key)).limits]", ConfigurationTables.sendingLimits, entity.limits)
    }
    for app in configuration.access.apps { add("[app.\(name(app.name))]", ConfigurationTables.app, app) }
    add("[access]", ConfigurationTables.access, configuration.access)
    for (provider, client) in configuration.clients.sorted(by: { $0.key < $1.key }) {
      add("[oauth.\(name(provider))]", ConfigurationTables.client, client)
    }
    for provider in configuration.providers.all where Providers.builtIn.named(provider.name) != provider {
      add("[provider.\(name(provider.name))]", ConfigurationTables.servers, ServerKeys(provider.servers))
    }
    add("[network]", ConfigurationTables.network, configuration.network)
    add("[admin]", ConfigurationTables.admin, configuration.admin)
    add("[alert]", ConfigurationTables.alert, configuration.alert)
    add("[limits]", ConfigurationTables.limits, configuration.limits)
  }

  private func name(_ text: String) -> String { PlainWord.name(text) ?? "(a name)" }

  private mutating func add<Target>(_ header: String?, _ table: ConfigurationTable<Target>, _ target: Target) {
    let said = table.keys.compactMap { key -> String? in
      guard let value = key.value(target), value != key.value(table.initial), !value.isEmpty else { return nil }
      return "\(key.name) = \(shown(value, of: key.description))"
    }
    guard !said.isEmpty else { return }
    lines += (header.map { ["", $0] } ?? []) + said
  }

  private func shown(_ value: ConfigurationValue, of key: KeyDescription) -> String {
    if key.isSecret || Self.isNamedLikeASecret(key.name) { return "(left out)" }
    if Self.closedKinds.contains(where: key.takes.hasPrefix) { return isPlain(value) ? value.toml : "(left out)" }
    if Self.addresses.contains(key.name) { return addresses(in: value) }
    return Self.shownTexts.contains(key.name) ? value.toml : "(left out)"
  }

  /// A choice may have a part that is no choice: `redirect:ADDRESS`.
  private func isPlain(_ value: ConfigurationValue) -> Bool {
    if case .text(let text) = value { PlainWord.name(text.lowercased()) != nil } else { true }
  }

  static func isNamedLikeASecret(_ name: String) -> Bool {
    ["secret", "password", "token", "key", "command"].contains { word in
      name.split(separator: "_").contains { $0 == word }
    } && name != "secret_expires"
  }

  private func addresses(in value: ConfigurationValue) -> String {
    guard case .texts(let texts) = value else { return "(left out)" }
    return "[" + texts.map { digest.shown($0) ?? ($0 == "<>" ? "<>" : "(a pattern)") }.joined(separator: ", ") + "]"
  }
}
