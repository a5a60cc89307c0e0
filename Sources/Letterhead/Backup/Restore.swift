// Puts the state of a backup into a state directory that has none. All of it is unpacked and checked in a folder of its own
// first, and then moved into its place. From before the first move until ``finish()`` a note in the directory keeps everybody
// from using it; where one is found, what stands beside it is of a restore that was broken off, and is replaced.

import Foundation
package import Logging
package import Platform
import Spool
package import StorageSQLite

package struct Restore: Sendable {
  /// Of what was there before: the state, the configuration.
  static let asideEnding = ".before-restore"
  private static let staging = "restore.tmp"
  /// In this order.
  private static let parts = ["bodies", "key", "mailboxes.sqlite", "spool.sqlite"]

  private let directory: StateDirectory

  /// - Throws: `.notEmpty`.
  package init(into directory: StateDirectory) throws(BackupError) {
    self.directory = directory
    try requireEmpty()
  }

  private func notEmpty(_ file: String) -> BackupError {
    .notEmpty(path: directory.path, file: file, aside: FreeName.of(directory.path, ending: Self.asideEnding))
  }

  /// - Returns: whether a restore was broken off here.
  private func wasBrokenOff() throws(BackupError) -> Bool {
    do throws(StateDirectoryError) { return try RestoreMarker.find(in: directory) != nil } catch {
      throw .directory(error)
    }
  }

  private func requireEmpty() throws(BackupError) {
    if try wasBrokenOff() { return }
    let bodies = (try? directory.names(in: "bodies").isEmpty) ?? true
    let found = (Self.parts.dropFirst() + ["key.credential", "instance"]).first {
      access(directory.file($0), F_OK) == 0
    }
    if let found = bodies ? found : "bodies" { throw notEmpty(found) }
  }

  /// Blocks. To be called as the owner of the state directory. The state is used by nobody before ``finish()``.
  ///
  /// - Parameter command: completes this restore, should it be broken off.
  package func run(
    _ archive: borrowing BackupArchive, queue: RestoredQueue, completedBy command: String, log: Logger
  ) throws(BackupError) -> RestoredMail {
    let lock: StateLock
    do throws(SpoolError) { lock = try StateLock(in: directory) } catch { throw .spool(error) }
    defer { lock.release() }
    try requireEmpty()
    removeStaging()
    defer { removeStaging() }
    do throws(StateDirectoryError) {
      try directory.makeDirectory(Self.staging)
      try directory.makeDirectory("\(Self.staging)/bodies")
    } catch { throw .directory(error) }
    try archive.unpack(into: directory.file(Self.staging))
    let mail: RestoredMail
    do throws(StateCopyError) {
      mail = try RestoredState(in: directory.file(Self.staging)).prepare(
        queue, reason: Self.reason(archive.manifest), log: log)
    } catch { throw .state(error) }
    do throws(StateDirectoryError) { try RestoreMarker(command: command).write(in: directory) } catch {
      throw .directory(error)
    }
    try moveIntoPlace()
    return mail
  }

  /// When the configuration is in its place as well. To be called as the owner of the state directory.
  package func finish() throws(BackupError) {
    do throws(StateDirectoryError) { try RestoreMarker.remove(in: directory) } catch { throw .directory(error) }
  }

  static func reason(_ manifest: BackupManifest) -> String {
    "It comes from the backup of \(manifest.madeAt.formatted(.iso8601)) and may have been delivered since."
  }

  private func moveIntoPlace() throws(BackupError) {
    for name in Self.parts {
      let (source, target) = (directory.file("\(Self.staging)/\(name)"), directory.file(name))
      // There was none when the first attempt began: what stands there was put there by one that was broken off.
      try? FileManager.default.removeItem(atPath: target)
      guard access(source, F_OK) == 0 else { continue }
      guard rename(source, target) == 0 else { throw .unwritable(path: target, SystemError()) }
    }
    do throws(StateDirectoryError) { try directory.synchronize() } catch { throw .directory(error) }
  }

  private func removeStaging() { try? FileManager.default.removeItem(atPath: directory.file(Self.staging)) }
}
