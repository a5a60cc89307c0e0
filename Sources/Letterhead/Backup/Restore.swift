// Puts the state of a backup into a state directory that has none. All of it is unpacked and checked in a folder of its own
// first, and moved into its place when the configuration stands in its own. From before the first file is put until the last
// one is, a note in the directory keeps everybody from using it; where one is found, what stands beside it is of a restore
// that was broken off, and is replaced.

import Foundation
package import Logging
package import Platform
import Spool
package import StorageSQLite

/// Holds the lock of the state directory, and deletes with itself what was unpacked and not put in place.
package final class Restore: Sendable {
  /// Of what was there before: the state, the configuration.
  static let asideEnding = ".before-restore"
  /// In this order.
  private static let parts = ["bodies", "key", "mailboxes.sqlite", "spool.sqlite"]

  private let directory: StateDirectory
  private let lock: StateLock

  /// To be called as the owner of the state directory.
  ///
  /// - Throws: `.notEmpty`, or what says that a relay runs there.
  package init(into directory: StateDirectory) throws(BackupError) {
    try Self.requireEmpty(directory)
    do throws(SpoolError) { lock = try StateLock(in: directory) } catch { throw .spool(error) }
    self.directory = directory
    try Self.requireEmpty(directory)
    directory.removeRestoreLeftovers()
  }

  deinit {
    directory.removeRestoreLeftovers()
    lock.release()
  }

  private static func requireEmpty(_ directory: StateDirectory) throws(BackupError) {
    if try wasBrokenOff(in: directory) { return }
    let bodies = (try? directory.names(in: "bodies").isEmpty) ?? true
    let found = (parts.dropFirst() + ["key.credential", "instance"]).first { access(directory.file($0), F_OK) == 0 }
    guard let found = bodies ? found : "bodies" else { return }
    throw .notEmpty(path: directory.path, file: found, aside: FreeName.of(directory.path, ending: asideEnding))
  }

  private static func wasBrokenOff(in directory: StateDirectory) throws(BackupError) -> Bool {
    do throws(StateDirectoryError) { return try RestoreMarker.find(in: directory) != nil } catch {
      throw .directory(error)
    }
  }

  /// Unpacks and checks the state, and writes the note: from here on nobody uses the directory before ``putInPlace()`` has
  /// returned. Blocks. To be called as the owner of the state directory.
  ///
  /// - Parameter command: completes this restore, should it be broken off.
  package func stage(
    _ archive: borrowing BackupArchive, queue: RestoredQueue, completedBy command: String, log: Logger
  ) throws(BackupError) -> RestoredMail {
    let staging = directory.file(RestoreMarker.staging)
    do throws(StateDirectoryError) {
      try directory.makeDirectory(RestoreMarker.staging)
      try directory.makeDirectory("\(RestoreMarker.staging)/bodies")
    } catch { throw .directory(error) }
    try archive.unpack(into: staging)
    let mail: RestoredMail
    do throws(StateCopyError) {
      mail = try RestoredState(in: staging).prepare(queue, reason: Self.reason(archive.manifest), log: log)
    } catch { throw .state(error) }
    do throws(StateDirectoryError) { try RestoreMarker(command: command).write(in: directory) } catch {
      throw .directory(error)
    }
    return mail
  }

  static func reason(_ manifest: BackupManifest) -> String {
    "It comes from the backup of \(manifest.madeAt.formatted(.iso8601)) and may have been delivered since."
  }

  /// When the configuration is in its place. To be called as the owner of the state directory.
  package func putInPlace() throws(BackupError) {
    for name in Self.parts {
      let (source, target) = (directory.file("\(RestoreMarker.staging)/\(name)"), directory.file(name))
      // There was none when the first attempt began: what stands there was put there by one that was broken off.
      try? FileManager.default.removeItem(atPath: target)
      guard access(source, F_OK) == 0 else { continue }
      guard rename(source, target) == 0 else { throw .unwritable(path: target, SystemError()) }
    }
    do throws(StateDirectoryError) {
      try directory.synchronize()
      try RestoreMarker.remove(in: directory)
    } catch { throw .directory(error) }
  }
}
