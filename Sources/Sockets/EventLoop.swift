// One thread, one epoll, and the tasks that prefer to run there. A session is a task whose executor preference is its
// loop: it tries a system call and, where that would block, parks in a Slot. Nothing here blocks but epoll_wait, and
// an idle loop does not wake.
import CLinux
import Glibc
import Synchronization
import System

// Unchecked: everything under "The loop's thread only" is touched by that thread alone (preconditionCurrent says so at
// the doors); the rest is atomic or under the inbox's lock.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
  package let name: String
  private let epoll: Descriptor
  private let doorbell: Descriptor
  private let inbox = Mutex(Inbox())
  private let thread = Atomic<UInt>(0)
  /// Pieces of work begun by `start` and `run` that have not ended.
  private let underway = Atomic<Int>(0)

  // The loop's thread only.
  private var ready: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var yielded: [UnsafeContinuation<Void, Never>] = []
  private var received = Inbox()
  private let events: UnsafeMutableBufferPointer<epoll_event>
  private var budget = 0
  private(set) var stopping = false
  var slots = SlotTable()
  var deadlines = Deadlines()
  /// Where connections read to: idle ones hold no buffer. Good until the next suspension.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 64)

  /// What other threads have left for the loop.
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var wakes: [(SlotKey, Wake)] = []
    var discards: [SlotKey] = []
    var arrivals: [UnsafeContinuation<Void, Never>] = []
    /// The loop waits in epoll_wait, or is about to: ring the doorbell.
    var asleep = false
    var stopping = false

    var isEmpty: Bool { jobs.isEmpty && wakes.isEmpty && discards.isEmpty && arrivals.isEmpty }
  }

  private static let doorbellData = UInt64.max
  /// How much a session may do in one go before others have their turn.
  private static let turnBudget = 32

  package init(name: String) {
    self.name = name
    epoll = Descriptor(owning: epoll_create1(Int32(EPOLL_CLOEXEC)))
    doorbell = Descriptor(owning: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    precondition(epoll.number >= 0 && doorbell.number >= 0, "no descriptors left for an event loop")
    events = .allocate(capacity: 256)
    // Edge-triggered, so that the doorbell never has to be read.
    control(EPOLL_CTL_ADD, doorbell.number, EPOLLIN.rawValue | EPOLLET.rawValue, data: Self.doorbellData)
  }

  deinit {
    events.deallocate()
    scratch.deallocate()
  }

  // MARK: Work

  /// Starts the loop's thread. Once.
  package func start() {
    startThread(named: name) { self.main() }
  }

  /// Every wait on this loop, present and future, ends as cancelled; its thread ends when all work begun with
  /// `start` and `run` has returned.
  package func stop() {
    post { $0.stopping = true }
  }

  /// Begins work on this loop. Child tasks (`async let`, groups) stay on it; a bare `Task { }` inside would leave it.
  @discardableResult
  package func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    underway.add(1, ordering: .relaxed)
    return Task(executorPreference: self) {
      await body()
      self.workEnded()
    }
  }

  /// Does `body` on this loop and comes back with its result.
  package func run<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    underway.add(1, ordering: .relaxed)
    let outcome = await withTaskExecutorPreference(self) {
      // The preference alone moves nothing: code that stays with its caller's isolation goes on where it is.
      await moveHere()
      do throws(Failure) { return Swift.Result<Result, Failure>.success(try await body()) } catch {
        return .failure(error)
      }
    }
    workEnded()
    await Task.yield()  // And neither does giving it up.
    return try outcome.get()
  }

  private func moveHere() async {
    if isCurrent { return }
    await withUnsafeContinuation { continuation in post { $0.arrivals.append(continuation) } }
  }

  private func workEnded() {
    // The thread may be waiting for just this.
    if underway.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { post { _ in } }
  }

  /// Waits on this loop; the caller must be running there.
  /// - Throws: `CancellationError` when the task is cancelled or the loop stops.
  package func sleep(until deadline: Instant) async throws(CancellationError) {
    let slot = Slot(in: self)
    defer { slot.release() }
    let key = slot.key
    let wake = await withTaskCancellationHandler {
      await slot.wait(for: .read, until: deadline)
    } onCancel: {
      self.wake(key, .cancelled)
    }
    if wake == .cancelled { throw CancellationError() }
  }

  /// Asked before each system call. False when this job has done enough in one go: `yield` first. A session whose peer
  /// is always faster than we are would otherwise keep the loop to itself.
  @inline(__always)
  func takeTurn() -> Bool {
    budget -= 1
    return budget > 0
  }

  func yield() async {
    await withUnsafeContinuation { yielded.append($0) }
  }

  // MARK: From any thread

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent { ready.append(job) } else { post { $0.jobs.append(job) } }
  }

  package var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  func preconditionCurrent() {
    precondition(isCurrent, "called outside its loop: begin work with loop.start { } or loop.run { }")
  }

  /// Wakes whoever waits in the slot of that name, if it is still there. Cancelling is for good.
  func wake(_ key: SlotKey, _ reason: Wake) {
    post { $0.wakes.append((key, reason)) }
  }

  /// Releases a slot whose owner ended on another thread.
  func discard(_ key: SlotKey) {
    post { $0.discards.append(key) }
  }

  private func post(_ change: (inout Inbox) -> Void) {
    let wasAsleep = inbox.withLock { inbox in
      change(&inbox)
      defer { inbox.asleep = false }
      return inbox.asleep
    }
    if wasAsleep { eventfd_write(doorbell.number, 1) }
  }

  // MARK: The thread

  private func main() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    let executor = asUnownedTaskExecutor()
    repeat {
      openInbox()
      resumeYielded()
      runReady(on: executor)
      let now = Instant.now
      fireDeadlines(now: now)
      poll(now: now)
    } while !isFinished
    thread.store(0, ordering: .relaxed)
  }

  private var isFinished: Bool {
    guard stopping, ready.isEmpty, yielded.isEmpty, underway.load(ordering: .acquiring) == 0 else { return false }
    return inbox.withLock { $0.isEmpty }
  }

  private func openInbox() {
    inbox.withLock { inbox in
      inbox.asleep = false
      swap(&inbox.jobs, &received.jobs)
      swap(&inbox.wakes, &received.wakes)
      swap(&inbox.discards, &received.discards)
      swap(&inbox.arrivals, &received.arrivals)
      if inbox.stopping && !stopping { received.stopping = true }
    }
    ready.append(contentsOf: received.jobs)
    received.jobs.removeAll(keepingCapacity: true)
    yielded.append(contentsOf: received.arrivals)
    received.arrivals.removeAll(keepingCapacity: true)
    for (key, reason) in received.wakes {
      guard let slot = slots[key] else { continue }
      if reason == .cancelled { slot.interrupt() } else { slot.wake(reason) }
    }
    received.wakes.removeAll(keepingCapacity: true)
    for key in received.discards { slots[key]?.release() }
    received.discards.removeAll(keepingCapacity: true)
    if received.stopping { stopAllWaits() }
  }

  private func stopAllWaits() {
    received.stopping = false
    stopping = true
    slots.forEach { $0.wake(.cancelled) }
  }

  private func resumeYielded() {
    guard !yielded.isEmpty else { return }
    let resumed = yielded
    yielded.removeAll(keepingCapacity: true)
    for continuation in resumed { continuation.resume() }
  }

  // Only what is ready now: what these make ready waits until the kernel has been asked.
  private func runReady(on executor: UnownedTaskExecutor) {
    swap(&ready, &running)
    for job in running {
      budget = Self.turnBudget
      job.runSynchronously(on: executor)
    }
    running.removeAll(keepingCapacity: true)
  }

  private func fireDeadlines(now: Instant) {
    while let entry = deadlines.popDue(at: now) {
      if let slot = slots[entry.key] { slot.expire(entry, now: now) } else { deadlines.droppedOne() }
    }
  }

  func compactDeadlines() {
    guard deadlines.isMostlyAbandoned else { return }
    deadlines.compact { entry in
      guard let slot = slots[entry.key] else { return false }
      return (entry.direction == .read ? slot.reader.armed : slot.writer.armed) == entry.at
    }
  }

  // MARK: epoll

  private func poll(now: Instant) {
    let count = epoll_wait(epoll.number, events.baseAddress, Int32(events.count), timeout(now: now))
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let event = events[index]
      guard event.data.u64 != Self.doorbellData, let slot = slots[SlotKey(eventData: event.data.u64)] else { continue }
      slot.hear(event.events)
    }
  }

  private func timeout(now: Instant) -> Int32 {
    guard ready.isEmpty, yielded.isEmpty else { return 0 }
    let mail = inbox.withLock { inbox in
      inbox.asleep = inbox.isEmpty && inbox.stopping == stopping && !isOver
      return !inbox.asleep
    }
    if mail { return 0 }
    guard let next = deadlines.next else { return -1 }
    // Rounded up: waking a little early would only mean waiting again.
    let (seconds, attoseconds) = (next - now).components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
    return Int32(clamping: max(0, milliseconds))
  }

  private var isOver: Bool { stopping && underway.load(ordering: .acquiring) == 0 }

  @discardableResult
  private func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32, data: UInt64) -> Int32 {
    var event = epoll_event(events: interest, data: epoll_data_t(u64: data))
    return epoll_ctl(epoll.number, operation, descriptor, &event)
  }

  /// Edge-triggered: a connection is added when it first has to wait to read, changed when it first has to wait to
  /// write, and forgotten by the kernel when it is closed. Most connections cost one call.
  ///
  /// - Returns: 0, or errno: the kernel has no memory left for it, or the limit of watches is reached.
  func watch(_ descriptor: Int32, _ slot: Slot, writing: Bool, again: Bool) -> Int32 {
    let interest = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue | (writing ? EPOLLOUT.rawValue : 0)
    let status = control(again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, interest, data: slot.key.eventData)
    return status == 0 ? 0 : errno
  }
}

extension Slot {
  /// What epoll reports for this slot's descriptor.
  func hear(_ events: UInt32) {
    let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
    if events & (broken | EPOLLRDHUP.rawValue) != 0 { hungUp = true }
    if events & (broken | EPOLLRDHUP.rawValue | EPOLLIN.rawValue) != 0 {
      readable = true
      reader.wake(.ready)
    }
    if events & (broken | EPOLLOUT.rawValue) != 0 {
      writable = true
      writer.wake(.ready)
    }
  }
}
