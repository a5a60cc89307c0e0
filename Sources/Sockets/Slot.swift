// Where tasks wait in a loop: at most one that waits to read and one that waits to write, each with a deadline.
// Only the loop's thread touches a slot. Other threads name it by its key, which stops to be valid when the slot is released.
import Glibc

/// A point in time, for deadlines. It does not change when the wall clock is set.
package typealias Instant = ContinuousClock.Instant

enum Direction: UInt8 { case read, write }

/// Why a wait is over.
enum Wake: Equatable {
  case ready, timedOut, cancelled
  /// The kernel refuses to watch the descriptor; its errno.
  case failed(Int32)
}

/// Names a slot until the slot is released. A later slot in the same place of the table has another generation.
struct SlotKey: Hashable, Sendable {
  let place: UInt32
  let generation: UInt32

  init(place: UInt32, generation: UInt32) {
    self.place = place
    self.generation = generation
  }

  init(eventData: UInt64) {
    self.init(place: UInt32(truncatingIfNeeded: eventData), generation: UInt32(truncatingIfNeeded: eventData >> 32))
  }

  var eventData: UInt64 { UInt64(generation) << 32 | UInt64(place) }
}

struct Waiter {
  var continuation: UnsafeContinuation<Wake, Never>?
  var deadline = Instant.now
  /// The moment of the waiter's entry in the loop's deadlines. Never later than `deadline` while a task waits.
  var armed: Instant?

  mutating func wake(_ reason: Wake) {
    guard let continuation else { return }
    self.continuation = nil
    continuation.resume(returning: reason)
  }
}

final class Slot {
  let loop: EventLoop
  fileprivate(set) var key: SlotKey
  /// False once a read would have blocked, until the kernel reports the descriptor again.
  var readable = true
  /// The same for writes.
  var writable = true
  /// The peer has closed or broken the connection. The kernel reports nothing new then, so `readable` stays true.
  var hungUp = false
  /// Every wait on this slot ends as cancelled, now and later.
  var interrupted = false
  var reader = Waiter()
  var writer = Waiter()
  /// The reason of a wake-up that came while no task waited.
  private var missed: Wake?

  /// Must be called on the loop's thread. The caller must call `release()` in the end.
  init(in loop: EventLoop) {
    loop.preconditionCurrent()
    self.loop = loop
    key = SlotKey(place: 0, generation: 0)
    key = loop.slots.insert(self)
  }

  /// Suspends the calling task until the slot is woken or the deadline passes.
  ///
  /// The task may change executors between the caller's last attempt and its suspension, and the loop may poll meanwhile.
  /// The kernel reports an edge only once, so the state of the slot is checked again just before the suspension.
  /// - Parameter isChannel: the caller keeps `readable` and `writable` up to date, so they end the wait.
  func wait(for direction: Direction, until deadline: Instant, isChannel: Bool = false) async -> Wake {
    loop.preconditionCurrent()
    if interrupted || loop.stopping || Task.isCancelled { return .cancelled }
    return await withUnsafeContinuation { continuation in
      if let reason = already(direction, isChannel) { return continuation.resume(returning: reason) }
      switch direction {
      case .read: park(continuation, as: &reader, direction, until: deadline)
      case .write: park(continuation, as: &writer, direction, until: deadline)
      }
    }
  }

  private func already(_ direction: Direction, _ isChannel: Bool) -> Wake? {
    if interrupted || loop.stopping { return .cancelled }
    if let missed {
      self.missed = nil
      return missed
    }
    return isChannel && (direction == .read ? readable : writable) ? .ready : nil
  }

  // The deadlines usually hold an earlier entry for this waiter already (the deadline of the previous wait). Then a wait
  // costs two stores. When the moment of that entry comes, `expire` checks the present deadline.
  private func park(
    _ continuation: UnsafeContinuation<Wake, Never>, as waiter: inout Waiter, _ direction: Direction,
    until deadline: Instant
  ) {
    precondition(waiter.continuation == nil, "two tasks wait for one direction of a connection")
    waiter.continuation = continuation
    waiter.deadline = deadline
    if let armed = waiter.armed {
      if armed <= deadline { return }
      loop.deadlines.abandonOne()
    }
    waiter.armed = deadline
    loop.deadlines.insert(Deadlines.Entry(at: deadline, key: key, direction: direction))
  }

  func isAwaited(_ direction: Direction) -> Bool {
    (direction == .read ? reader : writer).continuation != nil
  }

  /// Handles an entry of the loop's deadlines whose moment has come.
  func expire(_ entry: Deadlines.Entry, now: Instant) {
    switch entry.direction {
    case .read: expire(entry, &reader, now: now)
    case .write: expire(entry, &writer, now: now)
    }
  }

  private func expire(_ entry: Deadlines.Entry, _ waiter: inout Waiter, now: Instant) {
    guard waiter.armed == entry.at else { return loop.deadlines.droppedOne() }
    waiter.armed = nil
    guard waiter.continuation != nil else { return }
    if waiter.deadline <= now { return waiter.wake(.timedOut) }
    waiter.armed = waiter.deadline
    loop.deadlines.insert(Deadlines.Entry(at: waiter.deadline, key: key, direction: entry.direction))
  }

  func wake(_ reason: Wake) {
    if reader.continuation == nil && writer.continuation == nil { missed = reason }
    reader.wake(reason)
    writer.wake(reason)
  }

  func interrupt() {
    interrupted = true
    reader.wake(.cancelled)
    writer.wake(.cancelled)
  }

  /// Makes the key invalid. Tasks that wait are woken as cancelled.
  func release() {
    guard loop.slots.remove(key) else { return }
    if reader.armed != nil { loop.deadlines.abandonOne() }
    if writer.armed != nil { loop.deadlines.abandonOne() }
    interrupt()
    loop.compactDeadlines()
  }
}

/// The slots of one loop. Finding a slot by its key takes constant time.
struct SlotTable {
  private var slots: [Slot?] = []
  private var generations: [UInt32] = []
  private var free: [UInt32] = []

  var count: Int { slots.count - free.count }

  subscript(key: SlotKey) -> Slot? {
    let place = Int(key.place)
    guard place < slots.count, generations[place] == key.generation else { return nil }
    return slots[place]
  }

  mutating func insert(_ slot: Slot) -> SlotKey {
    if let place = free.popLast() {
      slots[Int(place)] = slot
      return SlotKey(place: place, generation: generations[Int(place)])
    }
    slots.append(slot)
    generations.append(0)
    return SlotKey(place: UInt32(slots.count - 1), generation: 0)
  }

  /// - Returns: false when the slot was removed before.
  mutating func remove(_ key: SlotKey) -> Bool {
    guard self[key] != nil else { return false }
    slots[Int(key.place)] = nil
    generations[Int(key.place)] &+= 1
    free.append(key.place)
    return true
  }

  func forEach(_ body: (Slot) -> Void) { for case let slot? in slots { body(slot) } }
}
