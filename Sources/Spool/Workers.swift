// Two threads for what blocks besides the database: large bodies, written, read, synced and removed.

import Synchronization

/// Started when first needed. Each file has one operation under way at most, because its caller waits for it.
final class Workers: Sendable {
  private struct Jobs {
    var waiting: [@Sendable () -> Void] = []
    var threads = 0
    var isStopped = false
  }
  private let jobs = Guarded(Jobs())
  private static let mostThreads = 2

  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(SpoolError) -> Value
  ) async throws(SpoolError) -> Value {
    let result: Result<Value, SpoolError> = await withCheckedContinuation { continuation in
      start { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }

  /// Does not wait for it.
  func start(_ job: @escaping @Sendable () -> Void) {
    let needsThread = jobs.withLock { jobs in
      jobs.waiting.append(job)
      guard jobs.threads < Self.mostThreads else { return false }
      jobs.threads += 1
      return true
    }
    if needsThread { startThread { [jobs] in Self.work(through: jobs) } }
    jobs.ring()
  }

  deinit {
    jobs.withLock { $0.isStopped = true }
    for _ in 0..<Self.mostThreads { jobs.ring() }
  }

  private static func work(through jobs: Guarded<Jobs>) {
    while true {
      let next = jobs.wait(upTo: nil, while: { $0.waiting.isEmpty && !$0.isStopped }) { jobs in
        jobs.waiting.isEmpty ? nil : jobs.waiting.removeFirst()
      }
      guard let next else { return }
      next()
    }
  }
}
