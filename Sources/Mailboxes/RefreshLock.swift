// One refresh of a sign-in at a time on this host, whichever processes want one. The kernel lets go when its holder dies.

import Glibc

/// A lock on one octet, numbered by generation, of state_dir/refresh.lock.
struct RefreshLock: Sendable {
  private let descriptor: Int32

  /// Waits for the lock, asking 20 times a second: a refresh takes a round trip, and a blocked thread is worse.
  ///
  /// - Throws: `.busy` at the deadline, or when the task is cancelled.
  init(
    in directory: StateDirectory, generation: Int64, until deadline: ContinuousClock.Instant
  ) async throws(StoreError) {
    descriptor = try directory.open("refresh.lock", O_RDWR)
    while !tryLock(descriptor, octet: generation) {
      let isHeld = errno == EAGAIN || errno == EACCES || errno == EINTR
      let waited: Void? = isHeld && ContinuousClock.now < deadline ? try? await Task.sleep(for: .milliseconds(50)) : nil
      guard waited != nil else {
        close(descriptor)
        throw .busy(path: directory.file("refresh.lock"))
      }
    }
  }

  func release() { close(descriptor) }
}

/// The lock belongs to the open descriptor, so it holds against others of this process too (F_OFD_SETLK, which
/// `import Glibc` does not show).
private func tryLock(_ descriptor: Int32, octet: Int64) -> Bool {
  let lockOpenFile: Int32 = 37
  var range = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: Int(octet), l_len: 1, l_pid: 0)
  return fcntl(descriptor, lockOpenFile, &range) == 0
}
