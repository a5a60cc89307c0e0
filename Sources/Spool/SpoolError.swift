// Why the spool could not be opened, or could not promise.

package import Platform

/// Facts; their sentences are in `SpoolError+Sentence.swift`.
package enum SpoolError: Error, Equatable, Sendable {
  /// Another `serve` holds the spool.
  case alreadyRunning(pid: Int32?)
  /// The state directory, or the lock in it, cannot be used; or there is no spool in it yet.
  case directory(StateDirectoryError)
  /// Written by a later version of Letterhead.
  case tooNew(version: Int)
  case corrupt(String)
  /// The database is damaged in its first pages, without which none of its other pages can be read.
  case beyondRepair(path: String, reason: String)
  /// The database is missing or empty, and there was a queue: so many bodies of messages are beside it.
  case lost(path: String, bodies: Int)
  /// No room on the disk, or less than `queue_min_free`: 452.
  case full
  /// The disk refuses: 452.
  case unwritable(String)
  /// The spool was opened to be read.
  case readOnly
  case closed
}
