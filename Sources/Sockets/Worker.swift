// A thread for whatever blocks: disks, name look-ups. An actor that names it as its executor runs there and nowhere
// else; tasks that called it go back to their loop by themselves.
import Glibc
import Synchronization

package final class Worker: SerialExecutor {
  private let queue: WorkQueue

  /// Its thread ends when the worker is dropped and its work is done.
  package init(name: String) {
    queue = WorkQueue()
    startThread(named: name) { [queue] in
      while let work = queue.next() { work.run() }
    }
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) {
    // The job keeps its actor alive, and that keeps this alive.
    queue.add(.job(UnownedJob(job), asUnownedSerialExecutor()))
  }

  /// Does `work` on the worker's thread, after what was given to it before.
  package func run<Result: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let outcome = await withUnsafeContinuation { (waiting: UnsafeContinuation<Swift.Result<Result, Failure>, Never>) in
      queue.add(
        .closure {
          do throws(Failure) { waiting.resume(returning: .success(try work())) } catch {
            waiting.resume(returning: .failure(error))
          }
        })
    }
    return try outcome.get()
  }

  package func checkIsolated() {
    precondition(queue.isCurrent, "not on this worker's thread")
  }
}

enum Work: Sendable {
  case job(UnownedJob, UnownedSerialExecutor)
  case closure(@Sendable () -> Void)

  func run() {
    switch self {
    case .job(let job, let executor): job.runSynchronously(on: executor)
    case .closure(let closure): closure()
    }
  }
}

/// First in, first out, for one or more threads that wait when it is empty.
// Unchecked: everything is under the lock. Mutex cannot be waited on with a condition, hence the POSIX pair.
final class WorkQueue: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Work?] = []
  private var head = 0
  private var isClosed = false
  private let thread = Atomic<UInt>(0)

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(arrival, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    pthread_cond_destroy(arrival)
    lock.deallocate()
    arrival.deallocate()
  }

  /// True on the thread that last took work from here.
  var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  func add(_ work: Work) {
    pthread_mutex_lock(lock)
    waiting.append(work)
    pthread_cond_signal(arrival)
    pthread_mutex_unlock(lock)
  }

  /// Waits for work. Nil when the queue is closed and empty.
  func next() -> Work? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    while head == waiting.count {
      if isClosed { return nil }
      pthread_cond_wait(arrival, lock)
    }
    let work = waiting[head]
    // Let go of it now: it may be all that keeps its owner alive.
    waiting[head] = nil
    head += 1
    if head == waiting.count || head > 1024 { forgetTaken() }
    return work
  }

  private func forgetTaken() {
    waiting.removeFirst(head)
    head = 0
  }

  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(arrival)
    pthread_mutex_unlock(lock)
  }
}
