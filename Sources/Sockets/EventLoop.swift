// One thread, one epoll descriptor, and the tasks that prefer to run there. A session is a task whose executor preference
// is its loop: it tries a system call and, where that would block, is suspended in a Slot. Only epoll_wait blocks the thread,
// and the thread of an idle loop does not wake.
import CLinux
import Glibc
import Synchronization
import Platform

// Unchecked: only the loop's thread touches the properties under "The loop's thread only" (preconditionCurrent checks it
// at the entrances); the other properties are atomic or behind the lock of the inbox.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
  package let name: String
  private let epoll: Descriptor
  /// An eventfd. Writing to it ends epoll_wait.
  private let wakeUp: Descriptor
  private let inbox = Mutex(Inbox())
  private let thread = Atomic<UInt>(0)
  /// How many calls of `start` and `run` have not ended.
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
  let kernelPeers = KernelPeers()
  /// The buffer that all connections of this loop read into, so that idle ones hold none. Its content is valid until the next
  /// suspension.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 64)

  /// What other threads ask of the loop.
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var wakes: [(SlotKey, Wake)] = []
    var discards: [SlotKey] = []
    var arrivals: [UnsafeContinuation<Void, Never>] = []
    /// The loop waits in epoll_wait, or is about to. It has to be woken through `wakeUp`.
    var asleep = false
    var stopping = false

    var isEmpty: Bool { jobs.isEmpty && wakes.isEmpty && discards.isEmpty && arrivals.isEmpty }
  }

  private static let wakeUpData = UInt64.max
  /// How many system calls a task may try before other tasks run.
  private static let turnBudget = 32

  package init(name: String) {
    self.name = name
    epoll = Descriptor(owning: epoll_create1(Int32(EPOLL_CLOEXEC)))
    wakeUp = Descriptor(owning: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    precondition(epoll.number >= 0 && wakeUp.number >= 0, "no descriptors left for an event loop")
    events = .allocate(capacity: 256)
    // Edge-triggered, so that the eventfd never has to be read.
    control(EPOLL_CTL_ADD, wakeUp.number, EPOLLIN.rawValue | EPOLLET.rawValue, data: Self.wakeUpData)
  }

  deinit {
    events.deallocate()
    scratch.deallocate()
  }

  // MARK: Work

  /// Starts the loop's thread. To be called once.
  package func start() {
    startThread(named: name) { self.main() }
  }

  /// Every wait on this loop, present and future, ends as cancelled. The thread ends when all work that `start` and `run`
  /// began has returned.
  package func stop() {
    post { $0.stopping = true }
  }

  /// Begins work on this loop. Child tasks (`async let`, task groups) stay on the loop; a `Task { }` inside would leave it.
  @discardableResult
  package func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    underway.add(1, ordering: .relaxed)
    return Task(executorPreference: self) {
      await body()
      self.workEnded()
    }
  }

  /// Runs `body` on this loop and returns its result on the caller's executor.
  package func run<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    underway.add(1, ordering: .relaxed)
    let outcome = await withTaskExecutorPreference(self) {
      // The preference alone moves no code that runs with its caller's isolation; it would go on where it is.
      await moveHere()
      do throws(Failure) { return Swift.Result<Result, Failure>.success(try await body()) } catch {
        return .failure(error)
      }
    }
    workEnded()
    await Task.yield()  // Leaving the preference does not move the code back either.
    return try outcome.get()
  }

  private func moveHere() async {
    if isCurrent { return }
    await withUnsafeContinuation { continuation in post { $0.arrivals.append(continuation) } }
  }

  private func workEnded() {
    // A loop that stops waits for the end of its last work.
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

  /// To be asked before each system call. False when the running job has used up its budget and must `yield` first.
  /// Otherwise a session whose peer is always faster than this side would never let other sessions run.
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

  /// Wakes the tasks that wait in the slot with this key, if the key is still valid. `.cancelled` interrupts the slot for good.
  func wake(_ key: SlotKey, _ reason: Wake) {
    post { $0.wakes.append((key, reason)) }
  }

  /// Releases a slot whose owner was released on another thread.
  func discard(_ key: SlotKey) {
    post { $0.discards.append(key) }
  }

  private func post(_ change: (inout Inbox) -> Void) {
    let wasAsleep = inbox.withLock { inbox in
      change(&inbox)
      defer { inbox.asleep = false }
      return inbox.asleep
    }
    if wasAsleep { eventfd_write(wakeUp.number, 1) }
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

  // Runs only the jobs that are ready now. Jobs that they make ready run after the next poll.
  private func runReady(on executor: UnownedTaskExecutor) {
    swap(&ready, &running)
    for job in running {
      budget = Self.turnBudget
      job.runSynchronously(on: executor)
    }
    running.removeAll(keepingCapacity: true)
  }

  /// Wakes the tasks whose deadline has come at `now`, which is later than the present moment in tests.
  func fireDeadlines(now: Instant) {
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
      guard event.data.u64 != Self.wakeUpData, let slot = slots[SlotKey(eventData: event.data.u64)] else { continue }
      slot.handle(event.events)
    }
  }

  private func timeout(now: Instant) -> Int32 {
    guard ready.isEmpty, yielded.isEmpty else { return 0 }
    let hasInput = inbox.withLock { inbox in
      inbox.asleep = inbox.isEmpty && inbox.stopping == stopping && !hasNoWork
      return !inbox.asleep
    }
    if hasInput { return 0 }
    guard let next = deadlines.next else { return -1 }
    // Rounded up: a thread that wakes too early would only have to wait again.
    let (seconds, attoseconds) = (next - now).components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
    return Int32(clamping: max(0, milliseconds))
  }

  private var hasNoWork: Bool { stopping && underway.load(ordering: .acquiring) == 0 }

  @discardableResult
  private func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32, data: UInt64) -> Int32 {
    var event = epoll_event(events: interest, data: epoll_data_t(u64: data))
    return epoll_ctl(epoll.number, operation, descriptor, &event)
  }

  /// Edge-triggered. A descriptor is added when a task first waits to read from it, changed when a task first waits to
  /// write to it, and removed by the kernel when it is closed. Most connections cost one system call.
  ///
  /// - Returns: 0, or errno: the kernel has no memory left, or the limit of watches is reached.
  func watch(_ descriptor: Int32, _ slot: Slot, writing: Bool, again: Bool) -> Int32 {
    let interest = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue | (writing ? EPOLLOUT.rawValue : 0)
    let status = control(again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, interest, data: slot.key.eventData)
    return status == 0 ? 0 : errno
  }

  /// For a descriptor that others have open as well, since the kernel then removes it only when the last of them is closed.
  /// May be called from any thread.
  func unwatch(_ descriptor: Int32) { control(EPOLL_CTL_DEL, descriptor, 0, data: 0) }
}

extension Slot {
  /// Takes in what epoll reports of this slot's descriptor.
  func handle(_ events: UInt32) {
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
