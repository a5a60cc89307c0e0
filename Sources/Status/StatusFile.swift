// The file that monitoring reads. It is replaced whole, every user may read it, and it contains no secret.

package import Foundation
package import Platform

/// Writes snapshots to one path.
package struct StatusFile: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Replaces the file with `snapshot`, atomically and with mode 0644.
  ///
  /// Blocks during one small write. The file is not synced: after a power cut no relay runs whose state it could tell.
  package func write(_ snapshot: Snapshot) throws {
    let json = try snapshot.json()
    do {
      try json.withUnsafeBytes { try AtomicFile.replace(path, with: $0, mode: 0o644, isDurable: false) }
    } catch let error as SystemError {
      throw StatusFileError(path: path, reason: error)
    }
  }

  /// The present content of the file.
  /// - Returns: `nil` where there is no file, as with a relay that has never run.
  package func read() throws -> Snapshot? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try Snapshot(json: data)
  }

  /// Whether the relay that wrote `snapshot` still runs. A running relay writes at least every 5 seconds.
  package static func isFresh(_ snapshot: Snapshot, at now: Date) -> Bool {
    let isRunning = kill(snapshot.pid, 0) == 0 || errno == EPERM
    return isRunning && abs(now.timeIntervalSince(snapshot.updatedAt)) < 15
  }
}

/// The status file could not be written. The relay continues without it and logs this error.
package struct StatusFileError: Error, CustomStringConvertible {
  package let path: String
  package let reason: SystemError

  package var description: String {
    "The status file \(path) cannot be written (\(reason)). "
      + "Make its folder writable for this user, or set status_file."
  }
}
