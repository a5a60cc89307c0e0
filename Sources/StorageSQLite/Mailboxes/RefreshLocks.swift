// One refresh of a sign-in at a time on this host, whichever processes want one. The kernel releases a lock when the
// process that holds it dies, so no lease has an end of its own.

import Glibc
import Mailboxes
import Synchronization
import Platform

/// Locks on one octet each, numbered by generation, of state_dir/refresh.lock.
final class RefreshLocks: Sendable {
  private struct Held {
    var files: [Int64: LockedFile] = [:]
    var lastTerm: Int64 = 0
  }

  private let directory: StateDirectory
  /// By term.
  private let held = Mutex(Held())

  init(in directory: StateDirectory) {
    self.directory = directory
  }

  func lease(_ generation: Int64, by owner: String) throws(StoreError) -> RefreshLease? {
    let file = try inStateDirectory { () throws(StateDirectoryError) in try directory.open("refresh.lock", O_RDWR) }
    guard let locked = LockedFile(file, octet: generation) else { return nil }
    let term = held.withLock { held in
      held.lastTerm += 1
      held.files[held.lastTerm] = locked
      return held.lastTerm
    }
    return RefreshLease(generation: generation, owner: owner, term: term, until: nil)
  }

  func release(_ lease: RefreshLease) { held.withLock { $0.files[lease.term] = nil } }
}

/// Closing the descriptor gives the lock back.
private final class LockedFile: Sendable {
  private let descriptor: Descriptor

  /// - Returns: `nil` while another open descriptor has the lock, in this process or in another. The lock belongs to the
  ///   descriptor (F_OFD_SETLK, which `import Glibc` does not show).
  init?(_ descriptor: consuming Descriptor, octet: Int64) {
    let lockOpenFile: Int32 = 37
    var range = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: Int(octet), l_len: 1, l_pid: 0)
    guard fcntl(descriptor.number, lockOpenFile, &range) == 0 else { return nil }
    self.descriptor = descriptor
  }
}
