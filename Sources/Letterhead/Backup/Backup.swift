// Writes the state and the configuration of a relay, at work or not, into one file.

package import Foundation
package import Platform
import StorageSQLite
import Submission

package struct Backup: Sendable {
  private static let staging = "backup.tmp"
  private static let lockFile = "backup.lock"

  private let directory: StateDirectory
  private let files: ConfigurationFiles
  private let key: BackupManifest.Key

  /// - Parameters:
  ///   - files: read before this process became the owner of the state.
  ///   - withKey: the key that opens the saved sign-ins goes into the backup.
  package init(of directory: StateDirectory, _ files: ConfigurationFiles, withKey: Bool) throws(BackupError) {
    self.directory = directory
    self.files = files
    key = try Self.key(in: directory, isWanted: withKey)
  }

  private static func key(
    in directory: StateDirectory, isWanted: Bool
  ) throws(BackupError) -> BackupManifest.Key {
    if access(directory.file("key.credential"), F_OK) == 0 {
      if isWanted { throw .keyIsCredential }
      return .credential
    }
    guard access(directory.file("key"), F_OK) == 0 else { return .none }
    return isWanted ? .included : .leftOut
  }

  /// Blocks. To be called as the owner of the state.
  ///
  /// - Parameters:
  ///   - file: open for writing, and empty.
  ///   - configuration: `nil` where it has mistakes.
  package func write(
    to file: consuming Descriptor, at path: String, of configuration: Configuration?, now: Date
  ) throws(BackupError) -> BackupManifest {
    let lock = try Self.takeLock(in: directory)
    defer { flock(lock.number, LOCK_UN) }
    defer { Self.removeStaging(in: directory) }
    Self.removeStaging(in: directory)
    let wasLive = SQLiteStorage.spoolOwner(in: directory.path) != nil
    let copy: StateCopy
    do throws(StateCopyError) {
      copy = try SQLiteStorage.copyState(
        of: directory, into: Self.staging, keepingFree: Int64(configuration?.limits.queueMinFree ?? 0))
    } catch { throw .state(error) }
    let manifest = BackupManifest(
      madeAt: now, letterhead: Version.current, host: configuration?.hostname ?? "", wasLive: wasLive, key: key,
      spoolSchema: copy.spoolSchema, connectionsSchema: copy.connectionsSchema, queued: copy.queued,
      failed: copy.failed, filesLeftOut: configuration?.namedFiles ?? [])
    do throws(SystemError) {
      try pack(copy, manifest, into: ArchiveWriter(file, at: now))
    } catch { throw .unwritable(path: path, error) }
    return manifest
  }

  private func pack(
    _ copy: StateCopy, _ manifest: BackupManifest, into writer: consuming ArchiveWriter
  ) throws(SystemError) {
    guard let json = try? manifest.json else { throw SystemError(EINVAL) }
    try writer.add(BackupManifest.name, json)
    try writer.add(BackupContents.configuration, files.main)
    for (name, octets) in files.parts.sorted(by: { $0.key < $1.key }) {
      try writer.add(BackupContents.parts + name, octets)
    }
    for name in BackupContents.databases {
      try writer.add(BackupContents.state + name, fileAt: "\(copy.folder)/\(name)")
    }
    if key == .included { try writer.add(BackupContents.key, fileAt: directory.file("key")) }
    for name in copy.bodies.sorted() {
      try writer.add(BackupContents.bodies + name, fileAt: "\(copy.folder)/bodies/\(name)")
    }
    try writer.finish()
  }

  private static func takeLock(in directory: StateDirectory) throws(BackupError) -> Descriptor {
    let lock: Descriptor
    do throws(StateDirectoryError) { lock = try directory.open(lockFile, O_RDWR) } catch {
      throw .directory(error)
    }
    guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { throw .otherBackup }
    return lock
  }

  /// Deletes what a backup that was killed has left: it keeps mail on the disk that was delivered long ago. Not one that is
  /// being made.
  static func removeLeftovers(in path: String) {
    guard let directory = try? StateDirectory(existing: path), access(directory.file(staging), F_OK) == 0,
      let lock = try? takeLock(in: directory)
    else { return }
    removeStaging(in: directory)
    flock(lock.number, LOCK_UN)
  }

  private static func removeStaging(in directory: StateDirectory) {
    try? FileManager.default.removeItem(atPath: directory.file(staging))
  }
}

extension Configuration {
  /// Certificates, keys and secrets that it names. A backup has none of them.
  var namedFiles: [String] {
    let tls = listeners.flatMap { [$0.certificateFile, $0.keyFile] }
    let clients = clients.sorted { $0.key < $1.key }.flatMap {
      [$0.value.secretFile, $0.value.certificateFile, $0.value.keyFile, $0.value.assertionFile]
    }
    return (tls + clients).compactMap(\.self).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
