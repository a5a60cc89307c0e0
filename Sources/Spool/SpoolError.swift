// Why the spool could not be opened, or could not promise.

/// Facts; the sentence is made where it is shown.
package enum SpoolError: Error, Equatable, Sendable {
  /// Another `serve` holds the spool.
  case alreadyRunning(pid: Int32?)
  /// There is no spool in this directory yet.
  case missing(path: String)
  case notADirectory(path: String)
  /// The state directory belongs to somebody else.
  case wrongOwner(path: String, uid: UInt32)
  /// The state directory is open to group or world.
  case wrongMode(path: String, mode: UInt32)
  /// Written by a later version of Letterhead.
  case tooNew(version: Int)
  case corrupt(String)
  /// No room on the disk, or less than `queue_min_free`: 452.
  case full
  /// The disk refuses: 452.
  case unwritable(String)
  /// Only the owner accepts and claims.
  case visiting
  case closed
}
