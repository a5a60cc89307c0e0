// The files that the configuration consists of, as octets: what a backup takes along and a restore puts back.

import Foundation
import Platform

package struct ConfigurationFiles: Equatable, Sendable {
  /// The main file's.
  package var main: [UInt8]
  /// Of the folder `conf.d` beside it, by name.
  package var parts: [String: [UInt8]]

  private static let mostOctets = 16 << 20

  /// - Throws: `.unwritable` with the path that cannot be read.
  package init(readingAt path: String) throws(BackupError) {
    main = try Self.read(path)
    let folder = ConfigurationText.folder(beside: path)
    parts = [:]
    for name in Self.names(in: folder) {
      // Two spellings of one text are two files, and would be one in an archive.
      guard BackupContents.isPart(name), parts[name] == nil else {
        throw .directory(.unusable(path: "\(folder)/\(name)", reason: Self.unfit))
      }
      parts[name] = try Self.read("\(folder)/\(name)")
    }
  }

  init(main: [UInt8], parts: [String: [UInt8]]) {
    self.main = main
    self.parts = parts
  }

  private static let unfit =
    "a name in conf.d that a backup can hold has \(BackupContents.mostNameOctets) octets at most, no control characters, and is unlike any other"

  /// Of the files in `conf.d` that belong to the configuration, sorted. None of a folder that is not there or is closed.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter(ConfigurationText.isPart).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func read(_ path: String) throws(BackupError) -> [UInt8] {
    do throws(SystemError) {
      return try Descriptor.open(path, O_RDONLY | O_NONBLOCK).read(atMost: mostOctets)
    } catch { throw .directory(.unusable(path: path, reason: "\(error)")) }
  }

  /// The state directory that this configuration means, if its main file stands at `path`.
  package func places(at path: String) -> RelayPlaces {
    RelayPlaces.find(in: String(decoding: main, as: UTF8.self), path: path)
  }

  /// As the configuration that stands at `path`; a file that is no text is an empty one.
  func texts(at path: String) -> [ConfigurationText] {
    let folder = ConfigurationText.folder(beside: path)
    let parts = parts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return [ConfigurationText(file: path, text: String(decoding: main, as: UTF8.self))]
      + parts.map { ConfigurationText(file: "\(folder)/\($0.key)", text: String(decoding: $0.value, as: UTF8.self)) }
  }
}
