// Who owns a spool, asked from outside: a command asks before it opens anything.

import Glibc
import Platform

/// A process that has opened the spool as its one owner.
package struct SpoolOwner: Sendable, Equatable {
  /// As this process sees it; `nil` where it cannot.
  package let pid: Int32?
}

extension SQLiteStorage {
  /// The process that owns the spool in `directory` now. Opens no database.
  ///
  /// - Returns: `nil` where none does, or this user may not look.
  package static func spoolOwner(in directory: String) -> SpoolOwner? {
    guard let lock = try? Descriptor.open("\(directory)/\(OwnerLock.file)", O_RDONLY) else { return nil }
    // Shared, so that two who ask do not take each other for an owner; who wants to own it waits for us.
    guard flock(lock.number, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
    return SpoolOwner(pid: OwnerLock.pid(in: lock))
  }
}
