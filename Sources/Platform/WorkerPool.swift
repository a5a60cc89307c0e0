// A few threads for work that blocks: large files, name look-ups.

/// Starts a thread when work comes and all threads are busy, up to a limit. Work begins in the order it was given.
package final class WorkerPool: Sendable {
  private struct State {
    var waiting = FIFO<@Sendable () -> Void>()
    var threads = 0
    var idleThreads = 0
    var isClosed = false
  }

  private let name: String
  private let mostThreads: Int
  private let state = Monitor(State())

  /// The threads end when the pool is released and all its work is done.
  package init(name: String, threads: Int) {
    self.name = name
    mostThreads = threads
  }

  deinit {
    state.withLock { $0.isClosed = true }
    state.broadcast()
  }

  /// Does `work` on one of the threads. Waits for its result, also when the caller's task is cancelled.
  package func run<Result: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let outcome = await withUnsafeContinuation { (waiting: UnsafeContinuation<Swift.Result<Result, Failure>, Never>) in
      start { waiting.resume(returning: Swift.Result(catching: work)) }
    }
    return try outcome.get()
  }

  /// Does `work` on one of the threads, and does not wait for it.
  package func start(_ work: @escaping @Sendable () -> Void) {
    let needsThread = state.withLock { state in
      state.waiting.append(work)
      guard state.waiting.count > state.idleThreads, state.threads < mostThreads else { return false }
      state.threads += 1
      return true
    }
    if needsThread { startThread(named: name) { [state] in Self.work(through: state) } } else { state.signal() }
  }

  private static func work(through state: Monitor<State>) {
    while let work = next(in: state) { work() }
  }

  private static func next(in state: Monitor<State>) -> (@Sendable () -> Void)? {
    state.withLock { $0.idleThreads += 1 }
    return state.wait(upTo: nil, while: { $0.waiting.isEmpty && !$0.isClosed }) { state in
      state.idleThreads -= 1
      return state.waiting.popFirst()
    }
  }
}
