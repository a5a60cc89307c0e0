// From TOML to Configuration. Reads on after a mistake, so that `letterhead check` names them all at once.

import Foundation
import Mailboxes
import Message
import SMTP
import Submission
import TOMLKit

extension Configuration {
  /// Reads and checks `file`.
  ///
  /// Relative paths in it are taken from the folder the file stands in, so that every command means the same state.
  /// - Throws: every problem found, in the file's order.
  package static func read(_ file: String) throws(ConfigurationProblems) -> Configuration {
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      let reason =
        !FileManager.default.fileExists(atPath: file)
        ? "does not exist"
        : access(file, R_OK) == 0 ? "cannot be read as UTF-8 text" : "may not be read by this user"
      throw ConfigurationProblems(all: [
        ConfigurationProblem(
          file: file, line: 0, message: "The configuration file \(reason). Name another with --config FILE.")
      ])
    }
    return try parse(text, file: file)
  }

  /// The same from text; `file` names it in problems and anchors relative paths.
  package static func parse(_ text: String, file: String) throws(ConfigurationProblems) -> Configuration {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw ConfigurationProblems(all: [
        ConfigurationProblem(file: file, line: error.source.begin.line, message: "\(error.description).")
      ])
    } catch {
      throw ConfigurationProblems(all: [ConfigurationProblem(file: file, line: 0, message: "\(error)")])
    }
    let reader = ConfigurationReader(file: file, positions: KeyPositions(text))
    let configuration = reader.configuration(from: Section(table, path: [], reader: reader))
    if !reader.problems.isEmpty {
      throw ConfigurationProblems(all: reader.problems.sorted { $0.line < $1.line })
    }
    return configuration
  }
}

/// One pass over one file; gathers problems on the way.
final class ConfigurationReader {
  private let file: String
  private let positions: KeyPositions
  private(set) var problems: [ConfigurationProblem] = []

  init(file: String, positions: KeyPositions) {
    self.file = file
    self.positions = positions
  }

  func report(_ message: String, at path: [String]) {
    problems.append(ConfigurationProblem(file: file, line: positions.line(of: path), message: message))
  }

  func line(of path: [String]) -> Int { positions.line(of: path) }

  fileprivate func configuration(from top: Section) -> Configuration {
    var result = Configuration(file: file, hostname: top.string("hostname") ?? Self.ownHostname())
    result.stateDirectory = absolute(top.string("state_dir") ?? result.stateDirectory)
    result.statusFile = absolute(top.string("status_file") ?? result.statusFile)
    result.entities = entities(in: top)
    result.providers = providers(in: top)
    result.clients = clients(in: top, of: result.providers)
    result.listeners = top.elements("listener").map(listener(from:))
    if let section = top.table("admin") { result.admin = admin(from: section) }
    if let section = top.table("alert") { result.alert = alert(from: section) }
    if let section = top.table("limits") { result.limits = limits(from: section) }
    top.refuseOthers()
    checkTogether(result)
    return result
  }

  // MARK: Listeners

  private func listener(from section: Section) -> Configuration.Listener {
    let address = section.required("address", hint: "address = \"127.0.0.1:2525\"") ?? ""
    let listener = Configuration.Listener(
      settings: ListenerSettings(
        address: address, security: section.choice("security") ?? .none, entity: section.string("entity"),
        allow: ClientNetwork.loopback + networks(in: section)),
      certificate: section.string("certificate").map(absolute), key: section.string("key").map(absolute))
    checkReach(of: address, in: section)
    checkFiles(of: listener, in: section)
    section.refuseOthers()
    return listener
  }

  private func networks(in section: Section) -> [ClientNetwork] {
    (section.strings("allow") ?? []).compactMap { text in
      if let network = ClientNetwork(text) { return network }
      section.report("allow", "\"\(text)\" is no network. Write \"192.0.2.0/24\" or \"2001:db8::/32\".")
      return nil
    }
  }

  /// An open relay is one forgotten line away; so a listener that others can reach must say whom it serves.
  private func checkReach(of address: String, in section: Section) {
    guard !address.isEmpty else { return }
    guard let host = Self.hostAndPort(of: address)?.host else {
      return section.report(
        "address", "\"\(address)\" is no address to listen on. Write \"127.0.0.1:2525\" or \"[::1]:2525\".")
    }
    guard !ClientNetwork.loopback.contains(host), section.strings("allow") == nil else { return }
    section.report(
      "address",
      "\(address) can be reached from other hosts, and nothing says which of them may send. "
        + "Add allow = [\"192.0.2.0/24\"], or listen on 127.0.0.1.")
  }

  private func checkFiles(of listener: Configuration.Listener, in section: Section) {
    let security = listener.settings.security
    for (key, value) in [("certificate", listener.certificate), ("key", listener.key)] {
      if let value, access(value, R_OK) != 0 {
        section.report(key, "The file \(value) cannot be read: \(String(cString: strerror(errno))).")
      } else if value == nil, security != .none {
        section.report("security", "security = \"\(security.rawValue)\" needs \(key) = \"FILE.pem\" as well.")
      }
    }
  }

  // MARK: Entities

  private func entities(in top: Section) -> [Entity] {
    guard let all = top.table("entity") else { return [] }
    return inFileOrder(all.tables()).compactMap(entity(from:))
  }

  private func entity(from section: Section) -> Entity? {
    let key = section.name
    if !Self.isPlain(key) {
      section.report(nil, "An entity's name is written in small letters, digits, - and _: [entity.acme].")
    }
    let name = section.string("name") ?? key
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      section.report("name", "A name is one line of text without control characters.")
    }
    let entity = Entity(
      key: key, name: name, isDefault: section.bool("default") ?? false,
      senders: patterns(in: section), notify: addresses("notify", in: section),
      displayName: section.choice("display_name") ?? .keep, replyTo: section.choice("reply_to") ?? .original,
      limits: section.table("limits").map(ownLimits(from:)) ?? SendingLimits())
    section.refuseOthers()
    return entity
  }

  private func ownLimits(from section: Section) -> SendingLimits {
    let limits = sendingLimits(in: section)
    section.refuseOthers()
    return limits
  }

  private func patterns(in section: Section) -> [SenderPattern] {
    (section.strings("senders") ?? []).compactMap { text in
      if let pattern = SenderPattern(text) { return pattern }
      section.report("senders", "\"\(text)\" is no sender pattern. Write \"erp@localhost\" or \"*@acme.example\".")
      return nil
    }
  }

  func addresses(_ key: String, in section: Section) -> [Address] {
    (section.strings(key) ?? []).compactMap { text in
      if let address = Address(text), !address.domain.isEmpty { return address }
      section.report(key, "\"\(text)\" is no mail address. Write \"it@acme.example\".")
      return nil
    }
  }

  // MARK: Limits

  private func limits(from section: Section) -> Configuration.Limits {
    var limits = Configuration.Limits()
    limits.maxMessageBytes = section.integer("max_message_bytes", in: 1 << 10...1 << 31) ?? limits.maxMessageBytes
    limits.maxRecipients = section.integer("max_recipients", in: 100...100_000) ?? limits.maxRecipients
    limits.maxConnections = section.integer("max_connections", in: 1...100_000) ?? limits.maxConnections
    limits.queueMaxAge =
      section.duration("queue_max_age", in: .seconds(3600) ... .seconds(60 * 86_400)) ?? limits.queueMaxAge
    limits.queueMinFree = section.octets("queue_min_free") ?? limits.queueMinFree
    section.refuseOthers()
    return limits
  }

  // MARK: What only shows when all is read

  private func checkTogether(_ configuration: Configuration) {
    let keys = configuration.entities.map(\.key)
    for (index, listener) in configuration.listeners.enumerated() {
      if let entity = listener.settings.entity, !keys.contains(entity) {
        report("There is no entity \"\(entity)\". Add [entity.\(entity)].", at: ["listener", "\(index)", "entity"])
      }
    }
    if let entity = configuration.alert.mailFromEntity, !keys.contains(entity) {
      report("There is no entity \"\(entity)\". Add [entity.\(entity)].", at: ["alert", "mail_from_entity"])
    }
    let defaults = configuration.entities.filter(\.isDefault)
    if let second = defaults.dropFirst().first {
      report(
        "Only one entity can be the default, and \"\(defaults[0].key)\" is it already.",
        at: ["entity", second.key, "default"])
    }
    if configuration.listeners.isEmpty {
      report("Nothing to listen on. Add [[listener]] with address = \"127.0.0.1:2525\".", at: [])
    }
    if configuration.entities.isEmpty {
      report("Nobody to send as. Add [entity.acme] with name = \"Acme\" and default = true.", at: [])
    }
    if !Self.isHostname(configuration.hostname) {
      report(
        "\"\(configuration.hostname)\" is no host name. Write hostname = \"relay.acme.example\".", at: ["hostname"])
    }
  }

  func absolute(_ path: String) -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }
}
