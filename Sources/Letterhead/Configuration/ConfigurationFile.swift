// The file that is being read: where it stands, and on which line each of its keys does.

import Foundation

/// Gathers what is wrong in the file while it is read. Belongs to one reading.
final class ConfigurationFile {
  let path: String
  let positions: KeyPositions
  private(set) var problems: [ConfigurationProblem] = []

  init(_ path: String, positions: KeyPositions) {
    self.path = path
    self.positions = positions
  }

  /// - Parameter key: its tables and its name; the line is the nearest table's where the file does not have the key.
  func report(_ message: String, at key: [String]) {
    problems.append(ConfigurationProblem(file: path, line: line(of: key), message: message))
  }

  /// - Throws: what was reported, in the file's order.
  func throwProblems() throws(ConfigurationProblems) {
    if !problems.isEmpty { throw ConfigurationProblems(all: problems.sorted { $0.line < $1.line }) }
  }

  func line(of key: [String]) -> Int { positions.line(of: key) }

  /// Relative paths are taken from the folder of the file, so that every command means the same state.
  func absolute(_ path: String) -> String {
    let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }
}
