// epoll, level-triggered, one slot number a descriptor. Each of load, sink and proxy runs one of these on one thread.

import CLinux
import Glibc

/// Belongs to one thread; only `Waker.wake` may be called from others.
final class Poller {
  struct Interest: OptionSet {
    let rawValue: UInt32
    static let read = Interest(rawValue: EPOLLIN.rawValue)
    static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  /// Told apart from every slot.
  static let listener = Int.max
  private static let capacity = 512

  private let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Poller.capacity)

  deinit {
    close(descriptor)
    events.deallocate()
  }

  func add(_ socket: Int32, slot: Int, _ interest: Interest = .read) {
    control(EPOLL_CTL_ADD, socket, slot, interest)
  }

  func change(_ socket: Int32, slot: Int, _ interest: Interest) { control(EPOLL_CTL_MOD, socket, slot, interest) }

  func remove(_ socket: Int32) { control(EPOLL_CTL_DEL, socket, 0, []) }

  private func control(_ operation: Int32, _ socket: Int32, _ slot: Int, _ interest: Interest) {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: UInt64(slot)))
    epoll_ctl(descriptor, operation, socket, &event)
  }

  /// Waits until something happens or the time is over, and says what: slot by slot, each at most once.
  func wait(atMost milliseconds: Int, _ body: (_ slot: Int, _ canWrite: Bool) -> Void) {
    let count = epoll_wait(descriptor, events, Int32(Self.capacity), Int32(milliseconds))
    for index in 0..<max(0, Int(count)) {
      body(Int(events[index].data.u64), events[index].events & EPOLLOUT.rawValue != 0)
    }
  }
}
