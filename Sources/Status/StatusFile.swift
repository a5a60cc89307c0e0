// The file that monitoring reads. It is replaced whole, every user may read it, and it contains no secret.

package import Foundation
import Platform

/// Writes snapshots to one path, and reads them.
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
      throw StatusFileError.unwritable(path: path, reason: error)
    }
  }

  /// Many thousands of entities fit into it.
  private static let mostOctets = 16 << 20

  /// The present content of the file. Does not wait, whatever stands there.
  package func read() throws(StatusFileError) -> Snapshot {
    let octets: [UInt8]
    do throws(SystemError) {
      // O_NONBLOCK: a FIFO of that name has no content, and must not keep anybody waiting for it.
      let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
      octets = try file.read(atMost: Self.mostOctets)
    } catch {
      throw error.code == ENOENT || error.code == ENOTDIR
        ? .missing(path: path) : .unreadable(path: path, reason: error)
    }
    do { return try Snapshot(json: Data(octets)) } catch { throw .notAStatus(path: path) }
  }

  /// Whether the relay that wrote `snapshot` still runs. A running relay writes every 4 seconds, and at each change.
  package static func isFresh(_ snapshot: Snapshot, at now: Date) -> Bool {
    guard snapshot.stoppedAt == nil, OtherProcess.runs(snapshot.pid) else { return false }
    return abs(now.timeIntervalSince(snapshot.updatedAt)) < 15
  }
}
