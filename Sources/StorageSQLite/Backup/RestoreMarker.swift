// The note in a state directory that a restore has begun to put files in place and has not ended. It is on disk before the
// first file of the configuration or the state is put, and removed after the last one, so what stands beside it is the
// restore's own, and perhaps a part of it.

import Foundation
package import Platform

package struct RestoreMarker: Equatable, Sendable {
  /// Where a restore unpacks what it has not put in place yet.
  package static let staging = "restore.tmp"
  private static let file = "restore.unfinished"
  private static let mostOctets = 1 << 16

  /// The command that completes the restore.
  package let command: String

  package init(command: String) { self.command = command }

  /// - Returns: `nil` where no restore was broken off.
  package static func find(in directory: StateDirectory) throws(StateDirectoryError) -> RestoreMarker? {
    let octets = try PrivateFile.read(
      directory.file(file), owners: [directory.owner], forbidden: 0o077, limit: mostOctets)
    return octets.map { RestoreMarker(command: String(decoding: $0.prefix(mostOctets), as: UTF8.self).harmless()) }
  }

  /// It is on disk when this returns. To be called as the owner of the directory.
  package func write(in directory: StateDirectory) throws(StateDirectoryError) {
    let octets = Array(command.utf8)
    do throws(SystemError) {
      try octets.withUnsafeBufferPointer { (octets) throws(SystemError) in
        try AtomicFile.replace(
          directory.file(Self.file), with: UnsafeRawBufferPointer(octets), mode: 0o600, isDurable: true)
      }
    } catch { throw StateDirectoryError(error, at: directory.file(Self.file)) }
  }

  fileprivate static func draft(in directory: StateDirectory) -> String {
    AtomicFile.draft(of: directory.file(file))
  }

  /// After all that was restored is on disk. To be called as the owner of the directory.
  package static func remove(in directory: StateDirectory) throws(StateDirectoryError) {
    guard unlink(directory.file(file)) == 0 || errno == ENOENT else {
      throw StateDirectoryError(SystemError(), at: directory.file(file))
    }
    try directory.synchronize()
  }
}

extension StateDirectory {
  /// Deletes what a restore that was killed has left: mail in clear, and a note that never got its name. To be called by who
  /// holds the lock, as a restore does for as long as it lasts.
  package func removeRestoreLeftovers() {
    try? FileManager.default.removeItem(atPath: file(RestoreMarker.staging))
    unlink(RestoreMarker.draft(in: self))
  }

  /// - Throws: `.restoreBrokenOff`: a relay that began on a part of a state would lose the rest of it.
  package func requireWhole() throws(StateDirectoryError) {
    guard let marker = try RestoreMarker.find(in: self) else { return }
    throw .restoreBrokenOff(path: path, command: marker.command)
  }
}
