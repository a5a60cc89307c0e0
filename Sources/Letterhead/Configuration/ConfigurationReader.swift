// From TOML to Configuration, by the declarations in ConfigurationTables. Reads on after a mistake, so that `letterhead
// check` names them all at once. Here is what the declarations cannot say: which tables there are, and what is wrong
// only when two keys are seen together.

import Access
import Foundation
import Glibc
import Mailboxes
import SMTP
import Submission
import TOMLKit

extension Configuration {
  /// Reads and checks the file at `path` and those of `conf.d` beside it. Relative paths in them are taken from its folder.
  ///
  /// - Parameter openingFiles: whether certificates and keys that it names are opened as well: by the relay, which uses
  ///   them, and `letterhead check`. Whoever types another command may read the configuration and no key.
  /// - Throws: every problem found, in the files' order.
  package static func read(
    _ path: String, openingFiles: Bool = false
  ) throws(ConfigurationProblems) -> Configuration {
    try parse(ConfigurationText.all(of: path), openingFiles: openingFiles)
  }

  /// The same from text; `path` names the file in problems and anchors relative paths.
  package static func parse(
    _ text: String, file path: String, openingFiles: Bool = false
  ) throws(ConfigurationProblems) -> Configuration {
    try parse([ConfigurationText(file: path, text: text)], openingFiles: openingFiles)
  }

  /// - Parameter texts: the main file's first.
  static func parse(
    _ texts: [ConfigurationText], openingFiles: Bool = false
  ) throws(ConfigurationProblems) -> Configuration {
    let file = ConfigurationFile(texts[0].file, positions: KeyPositions(texts))
    let tables = try ConfigurationReader.tables(in: texts)
    file.refuseDoublets()
    for (text, table) in zip(texts, tables).dropFirst() { file.refuseLooseKeys(of: table, in: text) }
    let configuration = ConfigurationReader(file, opensFiles: openingFiles).configuration(
      from: ConfigurationSection(tables, path: [], file: file))
    try file.throwProblems()
    return configuration
  }
}

/// One pass over the files.
struct ConfigurationReader {
  let file: ConfigurationFile
  let opensFiles: Bool

  init(_ file: ConfigurationFile, opensFiles: Bool = false) {
    self.file = file
    self.opensFiles = opensFiles
  }

  /// - Throws: the first that is wrong in the grammar of each.
  static func tables(in texts: [ConfigurationText]) throws(ConfigurationProblems) -> [TOMLTable] {
    var tables: [TOMLTable] = []
    var problems: [ConfigurationProblem] = []
    for text in texts {
      do throws(ConfigurationProblems) { tables.append(try table(in: text.text, file: text.file)) } catch {
        problems += error.all
      }
    }
    if !problems.isEmpty { throw ConfigurationProblems(all: problems) }
    return tables
  }

  static func table(in text: String, file: String) throws(ConfigurationProblems) -> TOMLTable {
    if let hazard = ParserHazard.first(in: text) {
      throw ConfigurationProblems(file, line: hazard.line, hazard.sentence)
    }
    do {
      return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let hint = error.description.contains("could not determine value type") ? " Text stands in quotes: \"…\"." : ""
      throw ConfigurationProblems(file, line: error.source.begin.line, "\(error.description).\(hint)")
    } catch {
      throw ConfigurationProblems(file, line: 0, "\(error)")
    }
  }

  fileprivate func configuration(from top: ConfigurationSection) -> Configuration {
    var result = Configuration(file: file.path, hostname: Self.ownHostname())
    result.positions = file.positions
    result.stateDirectory = file.absolute(result.stateDirectory)
    result.statusFile = file.absolute(result.statusFile)
    result.dropDirectory = file.absolute(result.dropDirectory)
    ConfigurationTables.top.read(top, into: &result)
    let entities = top.table("entity")?.allTables().map(entity(from:)) ?? []
    result.entities = entities.map(\.entity)
    result.access = accessRules(in: top)
    for keys in entities { result.access.allow[keys.entity.key] = keys.allow }
    result.providers = providers(in: top)
    result.clients = clients(in: top, of: result.providers)
    result.listeners = top.elements("listener").map(listener(from:))
    read("network", of: top, ConfigurationTables.network, into: &result.network)
    read("admin", of: top, ConfigurationTables.admin, into: &result.admin)
    read("alert", of: top, ConfigurationTables.alert, into: &result.alert)
    read("limits", of: top, ConfigurationTables.limits, into: &result.limits)
    top.refuseOthers()
    checkTogether(result, in: top)
    return result
  }

  /// Reads a table that there may be one of, where there is one.
  func read<Target>(
    _ name: String, of section: ConfigurationSection, _ table: ConfigurationTable<Target>, into target: inout Target
  ) {
    guard let section = section.table(name) else { return }
    table.read(section, into: &target)
    section.refuseOthers()
  }

  private func entity(from section: ConfigurationSection) -> EntityKeys {
    if !Self.isPlain(section.name) {
      section.report(nil, "An entity's name is written in small letters, digits, - and _: [entity.acme].")
    }
    var keys = EntityKeys(key: section.name)
    ConfigurationTables.entity.read(section, into: &keys)
    read("limits", of: section, ConfigurationTables.sendingLimits, into: &keys.entity.limits)
    section.refuseOthers()
    return keys
  }

  private func clients(
    in top: ConfigurationSection, of providers: Providers
  ) -> [String: Configuration.Client] {
    var clients: [String: Configuration.Client] = [:]
    for section in top.table("oauth")?.allTables() ?? [] {
      var client = Configuration.Client()
      ConfigurationTables.client.read(section, into: &client)
      let provider = providers.named(section.name)
      if provider == nil || provider?.oauth == nil && !client.isDateAlone {
        section.report(
          nil, "No provider \"\(section.name)\" signs in by OAuth. `letterhead providers` lists those that do.")
      }
      if client.certificateFile != nil, client.keyFile == nil {
        section.report("certificate", "A certificate needs its private key as well: key = \"FILE.pem\".")
      }
      if client.hasSeveralProofs {
        section.report(
          client.assertionFile == nil ? "client_secret_command" : "client_assertion_file",
          "One proof is enough: client_secret_file, client_secret_command, client_assertion_file or certificate.")
      }
      section.refuseOthers()
      clients[section.name] = client
    }
    return clients
  }

  // MARK: What only shows when all is read

  private func checkTogether(_ configuration: Configuration, in top: ConfigurationSection) {
    let keys = configuration.entities.map(\.key)
    for (index, listener) in configuration.listeners.enumerated() {
      if configuration.listeners[..<index].contains(where: { $0.address == listener.address }) {
        file.report(
          "Another [[listener]] has the address \(listener.address) already.", at: ["listener", "\(index)", "address"])
      }
      requireEntity(listener.entity, among: keys, at: ["listener", "\(index)", "entity"])
    }
    checkAccess(configuration)
    let alert = configuration.alert
    requireEntity(alert.mailFromEntity, among: keys, at: ["alert", "mail_from_entity"])
    if alert.mailTo.isEmpty != (alert.mailFromEntity == nil) {
      file.report(
        "mail_to and mail_from_entity go together: who is told, and through whose mailbox.", at: ["alert"])
    }
    let defaults = configuration.entities.filter(\.isDefault)
    if let second = defaults.dropFirst().first {
      file.report(
        "Only one entity can be the default, and \"\(defaults[0].key)\" is it already.",
        at: ["entity", second.key, "default"])
    }
    if configuration.listeners.isEmpty {
      file.report(ConfigurationProblems.noListener, at: [])
    }
    if configuration.entities.isEmpty {
      file.report(ConfigurationProblems.noEntity, at: [])
    }
    if !top.contains("hostname"), !Self.isHostname(configuration.hostname) {
      file.report("\"\(configuration.hostname)\" is no host name. Write hostname = \"relay.acme.example\".", at: [])
    }
  }

  func requireEntity(_ entity: String?, among keys: [String], at path: [String]) {
    guard let entity, !keys.contains(entity) else { return }
    file.report("There is no entity \"\(entity)\". Add [entity.\(entity)].", at: path)
  }
}
