// The file monitoring reads: replaced whole, never seen half-written, readable by everyone, without a secret in it.

package import Foundation
package import System

/// Writes snapshots to one path.
package struct StatusFile: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Puts `snapshot` in place of what was there, atomically, mode 0644.
  ///
  /// Blocks for the length of one small write; it is not synced, since after a power cut no relay runs.
  package func write(_ snapshot: Snapshot) throws {
    let json = try snapshot.json()
    do {
      try json.withUnsafeBytes { try AtomicFile.replace(path, with: $0, mode: 0o644, isDurable: false) }
    } catch let error as SystemError {
      throw StatusFileError(path: path, reason: error)
    }
  }

  /// What the file says now.
  /// - Returns: `nil` where there is no file; a relay that never ran has none.
  package func read() throws -> Snapshot? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try Snapshot(json: data)
  }

  /// Whether `snapshot` was written by a relay that is still at work: it writes at least every 5 seconds.
  package static func isFresh(_ snapshot: Snapshot, at now: Date) -> Bool {
    let isRunning = kill(snapshot.pid, 0) == 0 || errno == EPERM
    return isRunning && abs(now.timeIntervalSince(snapshot.updatedAt)) < 15
  }
}

/// The status file could not be written; the relay goes on without, and says so in its log.
package struct StatusFileError: Error, CustomStringConvertible {
  package let path: String
  package let reason: SystemError

  package var description: String {
    "The status file \(path) cannot be written (\(reason)). "
      + "Make its folder writable for this user, or set status_file."
  }
}
