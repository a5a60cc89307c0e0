// One place to wait in a loop: at most one task waiting to read and one waiting to write, each with a deadline.
// A slot is touched by its loop's thread only; other threads reach it by its key, which a reused place does not answer to.
import Glibc

/// A point in time by which something has to have happened.
package typealias Instant = ContinuousClock.Instant

enum Direction: UInt8 { case read, write }

/// Why a wait is over.
enum Wake: Equatable {
  case ready, timedOut, cancelled
  /// The kernel would not watch for it (errno).
  case failed(Int32)
}

/// Names a slot until it is released; later users of the same place have another generation.
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
  /// When the loop's clock will look at this waiter next. Never later than `deadline` while someone waits.
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
  /// False once the kernel has said "would block" and nothing has been heard since.
  var readable = true
  var writable = true
  /// The peer has closed or broken the line: nothing new will be heard, so `readable` stays.
  var hungUp = false
  /// From now on nobody waits here.
  var interrupted = false
  var reader = Waiter()
  var writer = Waiter()
  /// Woken by name while nobody waited.
  private var missed: Wake?

  /// Must be called on the loop's thread, and matched by a `release()`.
  init(in loop: EventLoop) {
    loop.preconditionCurrent()
    self.loop = loop
    key = SlotKey(place: 0, generation: 0)
    key = loop.slots.insert(self)
  }

  /// Parks the calling task until the slot is woken, or the deadline.
  ///
  /// A task may change executors on its way here, and the loop poll meanwhile. So what would have woken it is looked
  /// at once more when it parks: an edge is told once.
  /// - Parameter isChannel: `readable` and `writable` are kept by whoever reads and writes, and end the wait.
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

  // Usually the clock is armed already for an earlier moment (the deadline of the previous wait), and a wait costs
  // two stores; when that moment comes, `expire` looks at what the deadline has become.
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

  /// The moment `entry` was armed for has come.
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

  /// After this the key answers to nothing; whoever waits is woken as cancelled.
  func release() {
    guard loop.slots.remove(key) else { return }
    if reader.armed != nil { loop.deadlines.abandonOne() }
    if writer.armed != nil { loop.deadlines.abandonOne() }
    interrupt()
    loop.compactDeadlines()
  }
}

/// The slots of one loop, found by key in constant time.
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

  /// False when `key` was removed before.
  mutating func remove(_ key: SlotKey) -> Bool {
    guard self[key] != nil else { return false }
    slots[Int(key.place)] = nil
    generations[Int(key.place)] &+= 1
    free.append(key.place)
    return true
  }

  func forEach(_ body: (Slot) -> Void) { for case let slot? in slots { body(slot) } }
}
