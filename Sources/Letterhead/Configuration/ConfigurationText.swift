// The texts of which a configuration is made: the file that is named, and what `conf.d` beside it adds.

import Foundation
import Glibc

/// One file as it was read.
struct ConfigurationText: Equatable, Sendable {
  let file: String
  let text: String
}

extension ConfigurationText {
  /// The folder beside the file at `path` whose files add to it.
  static func folder(beside path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "conf.d" }
    return "\(path[...slash])conf.d"
  }

  /// The file at `path` first, then those of `conf.d` by their names. Of these, what begins with a dot or does not end in
  /// `.toml` is none.
  static func all(of path: String) throws(ConfigurationProblems) -> [ConfigurationText] {
    try [ConfigurationText(file: path, text: read(path, else: mainSentence))] + parts(beside: path)
  }

  /// Those of `conf.d` beside the file at `path`, by their names.
  static func parts(beside path: String) throws(ConfigurationProblems) -> [ConfigurationText] {
    var texts: [ConfigurationText] = []
    for part in try parts(in: folder(beside: path)) {
      texts.append(ConfigurationText(file: part, text: try read(part) { "The file \($0.reason)." }))
    }
    return texts
  }

  /// Whether a file of this name in `conf.d` belongs to the configuration.
  static func isPart(_ name: some StringProtocol) -> Bool { name.hasSuffix(".toml") && !name.hasPrefix(".") }

  private static func parts(in folder: String) throws(ConfigurationProblems) -> [String] {
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return names.filter(isPart)
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(folder)/\($0)" }
    } catch {
      // No folder, or none of which this user may know, adds nothing. One that is closed to this user hides something.
      guard Glibc.access(folder, F_OK) == 0, Glibc.access(folder, R_OK) != 0 else { return [] }
      throw ConfigurationProblems(folder, line: 0, "The folder \(Failure(of: folder).reason).")
    }
  }

  private static func read(
    _ path: String, else sentence: (Failure) -> String
  ) throws(ConfigurationProblems) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ConfigurationProblems(path, line: 0, sentence(Failure(of: path)))
    }
  }

  private static func mainSentence(_ failure: Failure) -> String {
    let beginning = failure.code == ENOENT ? " To make one, run: letterhead setup" : ""
    return "The configuration file \(failure.reason). Name another with --config FILE.\(beginning)"
  }

  /// Why a file was not read.
  private struct Failure {
    let code: Int32

    /// A closed folder hides the file as well.
    init(of path: String) { code = Glibc.access(path, R_OK) == 0 ? 0 : errno }

    var reason: String {
      switch code {
      case 0: "cannot be read as UTF-8 text"
      case EACCES: "may not be read by this user"
      default: "does not exist"
      }
    }
  }
}
