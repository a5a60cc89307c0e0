// What every command takes, and how a command says that it did not work.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import Platform

/// `--config`, on every command.
struct ConfigurationOption: ParsableArguments {
  /// Names the file where --config does not.
  static let variable = NamedConfiguration.variable

  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration file; \(variable) in the environment may name it.", valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var file = ConfigurationOption.fromEnvironment ?? Configuration.usualFile

  /// `nil` where it says nothing.
  static var fromEnvironment: String? {
    getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  var exists: Bool { FileManager.default.fileExists(atPath: file) }

  /// - Parameter openingFiles: see `Configuration.read`.
  func read(openingFiles: Bool = false) throws -> Configuration {
    try Configuration.read(file, openingFiles: openingFiles)
  }

  /// For what a running relay answers from the configuration it has read: somebody may be editing the file meanwhile.
  func readOrAskRelay() throws -> Configuration {
    do {
      return try read()
    } catch {
      let places = RelayPlaces.find(in: file)
      guard places.areKnown, RelaySocket.mayAnswer(at: places) else { throw error }
      let what = places.isRead ? "has mistakes (letterhead check shows them)" : "cannot be read"
      printError("\(file) \(what); the relay that runs is asked, which goes on with what it has read before.")
      return Configuration(askingAt: places, file: file)
    }
  }

  /// For what only looks: the file may be half edited.
  ///
  /// - Throws: where a file was named of which nothing can be read. The usual places are another relay's then.
  func places() throws -> RelayPlaces {
    let places = RelayPlaces.find(in: file)
    if !places.areKnown, let remark = places.remark { throw CommandFailure(remark) }
    return places
  }
}

/// `--json`, on every listing.
struct JSONOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON for programs instead of text for people.")
  var isOn = false
}

/// `--justification`, on what may need an administrator's approval.
struct JustificationOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Why, for the administrator who has to approve it; needed of who is none.", valueName: "text"))
  var justification: String?
}

/// A command could not do what was asked: what is wrong and what to do, in a sentence or two.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension Configuration {
  /// The entity called `key`, or a failure that names those there are.
  func entity(named key: String) throws -> Entity {
    if let entity = entities.first(where: { $0.key == key }) { return entity }
    let names = entities.map(\.key).joined(separator: ", ")
    throw CommandFailure("There is no entity \"\(key)\" in \(file). It has: \(names).")
  }
}

/// Prints `value` as JSON with the status file's conventions.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.dateEncodingStrategy = .iso8601
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  printJSON(text: String(decoding: try encoder.encode(value), as: UTF8.self))
}
