// Notices from outside SQLite that the saved connections may have changed: one thread that waits for the kernel's word.
// A timer of Swift's runtime would wake some nine threads for each look, on a host where nothing happens.

import Glibc
import Synchronization
import Platform

/// Watches one database in WAL mode until it is ended.
final class DiskWatch: Sendable {
  /// A look without a reason, since one that failed must be made again.
  private static let idleMilliseconds: Int32 = 30_000
  /// Between looks where the kernel tells nothing, because a user may have only so many watches: well within the second
  /// in which a change has to be noticed, and rare enough for an idle host.
  private static let blindMilliseconds: Int32 = 800
  private let isOver = Mutex(false)
  /// Rung when the watch is over.
  private let bell = Doorbell()

  /// - Parameter changed: called on the watch's thread at once, and whenever the files were written.
  init(_ database: String, changed: @escaping @Sendable () -> Void) {
    startThread(named: "mailboxes") { [self] in
      let notices = Self.notices(of: [database, database + "-wal"])
      while !isOver.withLock({ $0 }) {
        changed()
        var waiting = [notices.number, bell.number].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let limit = notices.number < 0 ? Self.blindMilliseconds : Self.idleMilliseconds
        if poll(&waiting, 2, limit) > 0, waiting[0].revents != 0 { Self.drain(notices) }
      }
    }
  }

  /// The thread ends at once, unless it is telling of a change.
  func end() {
    isOver.withLock { $0 = true }
    bell.ring()
  }

  /// - Returns: a descriptor that becomes readable when one of the files is written; a negative one where the kernel
  ///   cannot tell, which `poll` passes over.
  private static func notices(of files: [String]) -> Descriptor {
    let kernel = Descriptor(owning: inotify_init1(Int32(IN_CLOEXEC)))
    // Both files stand while a connection is open, and one is: SQLite removes the WAL with the last.
    guard files.allSatisfy({ inotify_add_watch(kernel.number, $0, UInt32(IN_MODIFY)) >= 0 }) else {
      return Descriptor(owning: -1)
    }
    return kernel
  }

  /// Lets what belongs to one change come together, and takes all of it.
  private static func drain(_ notices: borrowing Descriptor) {
    usleep(20_000)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { _ = read(notices.number, $0.baseAddress, $0.count) }
  }
}
