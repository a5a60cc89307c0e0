// One thread for work that blocks, and that must be done in order. An actor that names a worker as its executor runs on
// its thread and nowhere else; tasks that called the actor return to their own executor.
import Glibc
import Synchronization

package final class Worker: SerialExecutor {
  private let pool: WorkerPool
  /// The thread that runs an actor's job now, or ran the last one.
  private let thread = Atomic<UInt>(0)

  /// The thread starts with the first work and ends when the worker is released and its work is done.
  package init(name: String) { pool = WorkerPool(name: name, threads: 1) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pool.start { [self] in
      thread.store(UInt(pthread_self()), ordering: .relaxed)
      job.runSynchronously(on: asUnownedSerialExecutor())
    }
  }

  /// Does `work` on the worker's thread, after all work that was given to the worker before.
  package func run<Result: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await pool.run(work)
  }

  package func checkIsolated() {
    precondition(thread.load(ordering: .relaxed) == UInt(pthread_self()), "not on this worker's thread")
  }
}
