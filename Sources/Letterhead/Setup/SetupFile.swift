// What `letterhead setup` makes of the configuration file that is there, or not there.

import Foundation
import Glibc
package import Mailboxes
import Platform
import TOMLKit

/// The file and what it has before anything is written.
package struct SetupFile: Sendable {
  package let path: String
  /// The keys of the entities that it and `conf.d` have. None of them is ever changed.
  package let entities: [String]
  /// The one entity it has, where an earlier run may have been broken off before a mailbox was connected to it.
  package let onlyEntity: SetupEntity?
  package let listeners: [String]
  /// The providers of `[oauth.NAME]`.
  package let registered: Set<String>
  package let providers: Providers
  /// `nil`: there is no file yet.
  private let text: String?
  /// It has nothing but comments.
  private let isEmpty: Bool
  private let parts: [ConfigurationText]

  /// - Throws: what keeps it from being read, and mistakes of its grammar.
  package init(_ path: String) throws(ConfigurationProblems) {
    let isThere = access(path, F_OK) == 0
    let texts = try isThere ? ConfigurationText.all(of: path) : ConfigurationText.parts(beside: path)
    try self.init(path, isThere ? texts[0].text : nil, parts: isThere ? Array(texts.dropFirst()) : texts)
  }

  /// - Parameter text: the file's; `nil`: there is none.
  init(_ path: String, _ text: String?, parts: [ConfigurationText] = []) throws(ConfigurationProblems) {
    self.path = path
    self.text = text
    self.parts = parts
    let texts = [ConfigurationText(file: path, text: text ?? "")] + parts
    let tables = try ConfigurationReader.tables(in: texts)
    isEmpty = tables[0].keys.isEmpty
    let top = ConfigurationSection(
      tables, path: [], file: ConfigurationFile(path, positions: KeyPositions(texts)))
    let sections = top.table("entity")?.allTables() ?? []
    entities = sections.map(\.name)
    onlyEntity = sections.count == 1 ? SetupEntity(sections[0]) : nil
    listeners = top.elements("listener").compactMap { section in
      section.value(of: "address").flatMap { Quantities.text(of: $0) }
    }
    registered = Set(top.table("oauth")?.allTables().filter { $0.contains("client_id") }.map(\.name) ?? [])
    providers = ConfigurationReader(top.file).providers(in: top)
  }

  /// The file with what was chosen. Comments that stood there stay, below; keys stay, above.
  package func text(with choices: SetupChoices) -> String {
    let old = text ?? ""
    if choices.toml.isEmpty { return old }
    guard isEmpty else { return "\(old)\(old.hasSuffix("\n") ? "" : "\n")\n\(choices.toml)" }
    return Self.opening + places + choices.toml + (old.allSatisfy(\.isWhitespace) ? "" : "\n\(old)")
  }

  private static let opening = """
    # Written by `letterhead setup`. `letterhead check` says whether it is right, `letterhead check --example` prints a file
    # with every key explained.


    """

  /// Whoever writes a configuration elsewhere keeps its state beside it, and the host's own relay as it is.
  private var places: String {
    let configuration = Configuration(file: path, hostname: "")
    if configuration.namedFile == nil { return "" }
    return "state_dir = \"state\"\nstatus_file = \"status.json\"\ndrop_dir = \"drop\"\n\n"
  }

  /// Puts the file there, with the folders above it, when all of it is right and the state directory it names can be used.
  ///
  /// - Returns: the configuration as it is read from then on.
  /// - Throws: `ConfigurationProblems`, `StateDirectoryError`, `SystemError`. Nothing was written then.
  @discardableResult
  package func write(_ choices: SetupChoices) throws -> Configuration {
    let text = text(with: choices)
    let configuration = try Configuration.parse([ConfigurationText(file: path, text: text)] + parts)
    let state = configuration.stateDirectory
    if access(state, F_OK) == 0 { _ = try StateDirectory(existing: state) }
    if choices.toml.isEmpty { return configuration }
    try PlacedConfiguration.put(text, at: path, replacing: true)
    return configuration
  }
}

extension SetupEntity {
  fileprivate init(_ section: ConfigurationSection) {
    let name = section.value(of: "name").flatMap { Quantities.text(of: $0) }
    self.init(key: section.name, name: name ?? section.name)
  }
}
