// Waits until something happens in a folder, without looking at it again and again: the kernel tells.
import CLinux
import Glibc

package final class FolderWatch: Sendable {
  /// How often one has to look where the kernel has no watch left.
  private static let withoutWatch = Duration.seconds(1)

  private let watch: Descriptor
  private let isWatching: Bool
  private let bell = Doorbell()

  /// Begins to watch: for files that get a name in the folder or are closed after writing.
  package init(_ folder: String) {
    watch = Descriptor(owning: inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)))
    let events = UInt32(IN_MOVED_TO) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE)
    isWatching = watch.number >= 0 && inotify_add_watch(watch.number, folder, events) >= 0
  }

  /// Blocks until something has happened since the last call, or `limit` has passed, or `end` was called.
  package func wait(upTo limit: Duration) {
    let limit = isWatching ? limit : min(limit, Self.withoutWatch)
    let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
    var waiting = [
      pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isWatching ? watch.number : -1, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&waiting, nfds_t(waiting.count), Int32(clamping: milliseconds))
    var happened = [UInt8](repeating: 0, count: 4096)
    while isWatching, read(watch.number, &happened, happened.count) > 0 {}
  }

  /// Ends the present wait and every later one. From any thread.
  package func end() { bell.ring() }
}
