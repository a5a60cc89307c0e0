// A backup that was read and checked: all of it is there, nothing was changed, and this program can read it.

import Foundation
import Mailboxes
package import Platform
import StorageSQLite

package struct BackupArchive: ~Copyable {
  package let manifest: BackupManifest
  package let files: ConfigurationFiles
  private let reader: ArchiveReader
  private let path: String

  /// Reads the whole archive once. Blocks.
  package init(_ file: consuming Descriptor, at path: String) throws(BackupError) {
    let reader = try Self.reader(of: file, at: path)
    try BackupContents.check(reader.entries.map(\.name))
    let small = try Self.smallFiles(in: reader, at: path)
    guard let manifest = try? BackupManifest(json: small[BackupManifest.name] ?? []) else {
      throw .archive(.changed(name: BackupManifest.name), path: path)
    }
    if manifest.format > BackupManifest.presentFormat {
      throw .newer("form \(manifest.format) of letterhead \(manifest.letterhead)")
    }
    try Self.requireKnownSchemas(in: reader, at: path)
    try Self.requireKey(in: reader, at: path)
    let parts = small.filter { $0.key.hasPrefix(BackupContents.parts) }
      .map { (String($0.key.dropFirst(BackupContents.parts.count)), $0.value) }
    files = ConfigurationFiles(
      main: small[BackupContents.configuration] ?? [], parts: Dictionary(uniqueKeysWithValues: parts))
    self.manifest = manifest
    self.path = path
    self.reader = reader
  }

  /// Reads the whole archive, and keeps what is not of the state.
  private static func smallFiles(
    in reader: borrowing ArchiveReader, at path: String
  ) throws(BackupError) -> [String: [UInt8]] {
    var small: [String: [UInt8]] = [:]
    do throws(ArchiveError) {
      for entry in reader.entries {
        var content: [UInt8] = []
        let isSmall = !entry.name.hasPrefix(BackupContents.state) && entry.octetCount <= 16 << 20
        try reader.read(entry) { if isSmall { content += $0 } }
        if isSmall { small[entry.name] = content }
      }
    } catch { throw .archive(error, path: path) }
    return small
  }

  private static func reader(
    of file: consuming Descriptor, at path: String
  ) throws(BackupError) -> ArchiveReader {
    do throws(ArchiveError) { return try ArchiveReader(file) } catch { throw .archive(error, path: path) }
  }

  private static func requireKnownSchemas(
    in reader: borrowing ArchiveReader, at path: String
  ) throws(BackupError) {
    let known = [SQLiteStorage.spoolSchema, SQLiteStorage.connectionsSchema]
    for (name, newest) in zip(BackupContents.databases, known) {
      guard let entry = reader.entry(BackupContents.state + name) else { continue }
      let beginning: [UInt8]
      do throws(ArchiveError) { beginning = try reader.beginning(of: entry, atMost: DatabaseHeader.octets) } catch {
        throw .archive(error, path: path)
      }
      guard let header = DatabaseHeader(beginning) else { throw .archive(.changed(name: entry.name), path: path) }
      if header.schema > newest { throw .newer("\(name) of schema \(header.schema), and this one knows \(newest)") }
    }
  }

  private static func requireKey(in reader: borrowing ArchiveReader, at path: String) throws(BackupError) {
    guard let entry = reader.entry(BackupContents.key) else { return }
    let octets: [UInt8]
    do throws(ArchiveError) { octets = try reader.beginning(of: entry, atMost: 256) } catch {
      throw .archive(error, path: path)
    }
    guard isKey(octets) else { throw .archive(.changed(name: entry.name), path: path) }
  }

  /// Puts the files of the state into `folder`, which has a folder `bodies`. They are on disk when this returns.
  func unpack(into folder: String) throws(BackupError) {
    for entry in reader.entries where entry.name.hasPrefix(BackupContents.state) {
      let target = "\(folder)/\(entry.name.dropFirst(BackupContents.state.count))"
      let file = try Self.create(target)
      do throws(ArchiveError) {
        try reader.read(entry) { (piece) throws(SystemError) in try file.write(piece) }
      } catch .unwritable(let error) {
        throw .unwritable(path: target, error)
      } catch {
        throw .archive(error, path: path)
      }
      do throws(SystemError) { try file.synchronize() } catch { throw .unwritable(path: target, error) }
    }
  }

  private static func create(_ path: String) throws(BackupError) -> Descriptor {
    do throws(SystemError) {
      return try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    } catch { throw .unwritable(path: path, error) }
  }
}
