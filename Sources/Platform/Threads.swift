// Threads of this program's own, for work that must not occupy the thread pool of Swift's runtime.
import CLinux
import Glibc
import Synchronization

/// How many threads of ``startThread(named:_:)`` run. It counts for the whole process, as its threads are the whole
/// process's.
private let runningThreads = Monitor(0)

/// Waits until every thread that ``startThread(named:_:)`` has started has ended. Whoever owns them ends them.
///
/// - Returns: false when `limit` has passed and some still run: a look-up of a name, say, that nobody can interrupt.
@discardableResult
package func waitForThreads(within limit: Duration) -> Bool {
  runningThreads.wait(upTo: limit, while: { $0 > 0 }, then: { $0 == 0 })
}

private final class ThreadBody {
  let name: String
  let run: () -> Void

  init(name: String, run: @escaping () -> Void) {
    self.name = name
    self.run = run
  }
}

/// A thread that ``startThread(named:_:)`` has started. It also runs to its end when nobody keeps this.
package final class RunningThread: Sendable {
  private let thread: pthread_t
  private let isJoined = Atomic(false)

  fileprivate init(_ thread: pthread_t) { self.thread = thread }

  deinit {
    if !isJoined.load(ordering: .acquiring) { pthread_detach(thread) }
  }

  /// Waits until the thread has ended, and all that belonged to it is freed. Not to be called on the thread itself. The
  /// second call returns at once.
  package func join() {
    if !isJoined.exchange(true, ordering: .acquiringAndReleasing) { pthread_join(thread, nil) }
  }
}

/// Starts a thread that ends when `body` returns.
///
/// - Parameter name: for people who look at the process; the kernel keeps its first 15 characters.
@discardableResult
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> RunningThread {
  runningThreads.withLock { $0 += 1 }
  let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
      pthread_setname_np(pthread_self(), String(body.name.prefix(15)))
      body.run()
      runningThreads.withLock { $0 -= 1 }
      runningThreads.broadcast()
      return nil
    }, box.toOpaque())
  precondition(status == 0, "cannot start a thread: \(status)")
  return RunningThread(thread)
}
