// The files that are being read: where they stand, and on which line of which file each key does.

import Foundation

/// Gathers what is wrong while the files are read. Belongs to one reading.
final class ConfigurationFile {
  /// The main file.
  let path: String
  let positions: KeyPositions
  private(set) var problems: [(place: KeyPositions.Place, message: String)] = []

  init(_ path: String, positions: KeyPositions) {
    self.path = path
    self.positions = positions
  }

  /// - Parameter key: its tables and its name; the line is the nearest table's where no file has the key.
  func report(_ message: String, at key: [String]) { problems.append((place(of: key), message)) }

  func report(_ message: String, on place: KeyPositions.Place) { problems.append((place, message)) }

  /// - Throws: what was reported, in the files' order.
  func throwProblems() throws(ConfigurationProblems) {
    if problems.isEmpty { return }
    throw ConfigurationProblems(
      all: problems.sorted { $0.place < $1.place }.map { positions.problem($0.message, at: $0.place) })
  }

  func place(of key: [String]) -> KeyPositions.Place { positions.place(of: key) }

  /// Relative paths are taken from the folder of the main file, so that every command means the same state.
  func absolute(_ path: String) -> String {
    let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }
}
