// One refresh of a sign-in at a time on this host, whichever processes want one. The kernel lets go when its holder dies.

import Glibc
import System

/// A lock on one octet, numbered by generation, of state_dir/refresh.lock.
struct RefreshLock: ~Copyable {
  private let descriptor: Descriptor

  /// Waits for the lock, asking 20 times a second: a refresh takes a round trip, and a blocked thread is worse.
  ///
  /// - Throws: `.busy` at the deadline, or when the task is cancelled.
  static func acquire(
    in directory: StateDirectory, generation: Int64, until deadline: ContinuousClock.Instant
  ) async throws(StoreError) -> RefreshLock {
    let path = directory.file("refresh.lock")
    let lock = RefreshLock(
      descriptor: try inStateDirectory { () throws(StateDirectoryError) in try directory.open("refresh.lock", O_RDWR) })
    try await wait(for: generation, in: lock.descriptor.number, at: path, until: deadline)
    return lock
  }

  private static func wait(
    for generation: Int64, in descriptor: Int32, at path: String, until deadline: ContinuousClock.Instant
  ) async throws(StoreError) {
    while !tryLock(descriptor, octet: generation) {
      let isHeld = errno == EAGAIN || errno == EACCES || errno == EINTR
      let waited: Void? = isHeld && ContinuousClock.now < deadline ? try? await Task.sleep(for: .milliseconds(50)) : nil
      guard waited != nil else { throw .busy(path: path) }
    }
  }

  /// Closing the descriptor releases the lock. A lock that goes out of scope is released too, and perhaps before the end
  /// of the scope; this says when.
  consuming func release() {}
}

/// The lock belongs to the open descriptor, so it holds against others of this process too (F_OFD_SETLK, which
/// `import Glibc` does not show).
private func tryLock(_ descriptor: Int32, octet: Int64) -> Bool {
  let lockOpenFile: Int32 = 37
  var range = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: Int(octet), l_len: 1, l_pid: 0)
  return fcntl(descriptor, lockOpenFile, &range) == 0
}
