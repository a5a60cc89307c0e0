// Notices from outside SQLite that the saved connections may have changed: one thread that waits for the kernel's word.
// A timer of Swift's runtime would wake some nine threads for each look, on a host where nothing happens.

import Foundation
import Synchronization
import System

/// Watches one database in WAL mode until it is ended.
final class DiskWatch: Sendable {
  /// A look without a reason, since one that failed must be made again.
  private static let idleMilliseconds: Int32 = 30_000
  private let isOver = Mutex(false)

  /// - Parameters:
  ///   - interval: of looks where the kernel tells nothing (a user may have so many watches only).
  ///   - changed: called on the watch's thread at once, and whenever the files were written.
  init(_ database: String, every interval: Duration, changed: @escaping @Sendable () -> Void) {
    let interval = Int32(interval / .milliseconds(1))
    startThread(named: "mailboxes") { [self] in
      // Without notices the descriptor is -1, which poll leaves out.
      let notices = Self.notices(of: [database, database + "-wal"]) ?? Descriptor(owning: -1)
      while !isOver.withLock({ $0 }) {
        changed()
        var waiting = pollfd(fd: notices.number, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, waiting.fd < 0 ? interval : Self.idleMilliseconds) > 0 { Self.drain(waiting.fd) }
      }
    }
  }

  /// The thread ends after its present wait, half a minute at most.
  func end() { isOver.withLock { $0 = true } }

  /// A descriptor that becomes readable when one of the files is written.
  private static func notices(of files: [String]) -> Descriptor? {
    let notices = Descriptor(owning: inotify_init1(Int32(IN_CLOEXEC)))
    guard notices.number >= 0 else { return nil }
    // Both files stand while a connection is open, and one is: SQLite removes the WAL with the last.
    for file in files where inotify_add_watch(notices.number, file, UInt32(IN_MODIFY)) < 0 { return nil }
    return notices
  }

  /// Lets what belongs to one change come together, and takes all of it.
  private static func drain(_ kernel: Int32) {
    Thread.sleep(forTimeInterval: 0.02)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { _ = read(kernel, $0.baseAddress, $0.count) }
  }
}
