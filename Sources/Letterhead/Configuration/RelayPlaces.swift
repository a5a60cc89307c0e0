// Where the relay's files are, from a configuration that may be half edited, closed to this user, or not there: whoever
// only looks at a relay that runs must not need a good file.

import Foundation
import Glibc
import Status
import TOMLKit

/// Their paths, absolute.
package struct RelayPlaces: Equatable, Sendable {
  package var stateDirectory: String
  package var statusFile: String
  package var metricsFile: String
  /// Why they are the usual ones although a file was named, in a sentence; or why they are not known.
  package var remark: String?
  /// Something of the file could be read.
  package var isRead = true
  /// Otherwise they are only the usual ones, and a file was named that says nothing of them.
  package var areKnown = true

  /// Blocks while the file is read, and never throws.
  package static func find(in path: String) -> RelayPlaces {
    guard let octets = FileManager.default.contents(atPath: path) else {
      var found = stat()
      return find(in: nil, path: path, isThere: stat(path, &found) == 0 || errno == EACCES)
    }
    return find(in: String(decoding: octets, as: UTF8.self), path: path)
  }

  /// - Parameters:
  ///   - text: the file's; `nil`: it cannot be read.
  ///   - isThere: a file of that name.
  static func find(in text: String?, path: String, isThere: Bool = true) -> RelayPlaces {
    let file = ConfigurationFile(path, positions: KeyPositions("", of: path))
    let usual = Configuration(file: path, hostname: "")
    let table = text.flatMap { try? ConfigurationReader.table(in: $0, file: path) }
    func value(_ key: String) -> String? { table.map { $0[key]?.string } ?? text.flatMap { line(of: key, in: $0) } }
    let statusFile = file.absolute(value("status_file") ?? usual.statusFile)
    var places = RelayPlaces(
      stateDirectory: file.absolute(value("state_dir") ?? usual.stateDirectory), statusFile: statusFile,
      metricsFile: value("metrics_file").map(file.absolute) ?? MetricsFile.usualPath(besides: statusFile))
    places.isRead = text != nil
    places.areKnown = places.isRead || usual.namedFile == nil
    if !places.areKnown {
      places.remark =
        isThere
        ? "\(path) cannot be read by this user, so it is not known where its relay is."
        : "There is no file \(path), so no relay is looked at."
    } else if text == nil {
      places.remark = "\(path) cannot be read, so the usual places are looked at: \(places.statusFile)."
    } else if table == nil, value("status_file") == nil {
      places.remark = "\(path) has mistakes, so the usual places are looked at: \(places.statusFile)."
    }
    return places
  }

  /// What a line above the first table says, where the file as a whole says nothing.
  private static func line(of key: String, in text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("[") { return nil }
      guard line.hasPrefix(key) else { continue }
      let rest = line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
      guard rest.first == "=" else { continue }
      let quoted = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      guard let quote = quoted.first, quote == "\"" || quote == "'" else { continue }
      let value = quoted.dropFirst()
      guard let end = value.firstIndex(of: quote), end > value.startIndex else { continue }
      return String(value[..<end])
    }
    return nil
  }
}

extension Configuration {
  /// Enough to ask a running relay, and no more: no entity, no listener.
  package init(askingAt places: RelayPlaces, file: String) {
    self.init(file: file, hostname: "")
    stateDirectory = places.stateDirectory
    statusFile = places.statusFile
    isWhole = false
  }
}
