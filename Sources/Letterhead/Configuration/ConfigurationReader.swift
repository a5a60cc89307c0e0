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
  /// Reads and checks the file at `path`. Relative paths in it are taken from its folder.
  ///
  /// - Parameter openingFiles: whether certificates and keys that it names are opened as well: by the relay, which uses
  ///   them, and `letterhead check`. Whoever types another command may read the configuration and no key.
  /// - Throws: every problem found, in the file's order.
  package static func read(
    _ path: String, openingFiles: Bool = false
  ) throws(ConfigurationProblems) -> Configuration {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      // A closed folder hides the file as well.
      let failure = Glibc.access(path, R_OK) == 0 ? 0 : errno
      let reason =
        switch failure {
        case 0: "cannot be read as UTF-8 text"
        case EACCES: "may not be read by this user"
        default: "does not exist"
        }
      let beginning = failure == ENOENT ? " To begin one from an example, see: letterhead check --help" : ""
      throw ConfigurationProblems(
        path, line: 0, "The configuration file \(reason). Name another with --config FILE.\(beginning)")
    }
    return try parse(text, file: path, openingFiles: openingFiles)
  }

  /// The same from text; `path` names the file in problems and anchors relative paths.
  package static func parse(
    _ text: String, file path: String, openingFiles: Bool = false
  ) throws(ConfigurationProblems) -> Configuration {
    let file = ConfigurationFile(path, positions: KeyPositions(text))
    let table = try ConfigurationReader.table(in: text, file: path)
    let configuration = ConfigurationReader(file, opensFiles: openingFiles).configuration(
      from: ConfigurationSection(table, path: [], file: file))
    try file.throwProblems()
    return configuration
  }
}

/// One pass over one file.
struct ConfigurationReader {
  let file: ConfigurationFile
  let opensFiles: Bool

  init(_ file: ConfigurationFile, opensFiles: Bool = false) {
    self.file = file
    self.opensFiles = opensFiles
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
    let entities = top.table("entity")?.tables().map(entity(from:)) ?? []
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
    for section in top.table("oauth")?.tables() ?? [] {
      if providers.named(section.name)?.oauth == nil {
        section.report(
          nil, "No provider \"\(section.name)\" signs in by OAuth. `letterhead providers` lists those that do.")
      }
      var client = Configuration.Client()
      ConfigurationTables.client.read(section, into: &client)
      if client.certificateFile != nil, client.keyFile == nil {
        section.report("certificate", "A certificate needs its private key as well: key = \"FILE.pem\".")
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
      file.report("Nothing to listen on. Add [[listener]] with address = \"127.0.0.1:2525\".", at: [])
    }
    if configuration.entities.isEmpty {
      file.report("Nobody to send as. Add [entity.acme] with name = \"Acme\" and default = true.", at: [])
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
