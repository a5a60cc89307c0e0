import Foundation
import Glibc
import Synchronization
import Platform
import Testing

@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
  @Test func `an actor that names a worker as its executor runs on that thread only`() async throws {
    let counter = Counter()
    for _ in 0..<100 { await counter.count() }
    #expect(await counter.isOnItsThread)
    #expect(await counter.counted == 100)
  }

  @Test func `work is done in the order it was given`() async throws {
    let worker = Worker(name: "orderly")
    let lines = Lines()
    await withDiscardingTaskGroup { group in
      for _ in 0..<10 { group.addTask { await worker.run { lines.add() } } }
    }
    #expect(lines.numbers == Array(0..<10))
  }

  @Test func `errors come back as they were thrown`() async throws {
    let worker = Worker(name: "failing")
    do throws(SystemError) {
      try await worker.run { () throws(SystemError) in throw SystemError(5) }
      Issue.record("nothing was thrown")
    } catch { #expect(error == SystemError(5)) }
  }

  @Test func `a worker that is released ends its thread`() async throws {
    do {
      let worker = Worker(name: "short-lived")
      await worker.run {}
      await until { threads(named: "short-lived").count == 1 }
    }
    await until { threads(named: "short-lived").isEmpty }
  }

  @Test func `a pool starts no more threads than it may, however much waits`() async throws {
    let pool = WorkerPool(name: "few", threads: 2)
    let gate = Monitor(false)
    let started = Lines()
    await withDiscardingTaskGroup { group in
      for _ in 0..<5 {
        group.addTask {
          await pool.run {
            started.add()
            gate.wait(upTo: nil, while: { !$0 }) { _ in }
          }
        }
      }
      await until { started.numbers.count == 2 }
      gate.withLock { $0 = true }
      gate.broadcast()
    }
    #expect(started.numbers.count == 5)
    #expect(started.threads.count == 2)
  }
}

private actor Counter {
  private let worker = Worker(name: "counter")
  nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }
  private(set) var counted = 0

  func count() { counted += 1 }

  var isOnItsThread: Bool {
    worker.checkIsolated()
    return true
  }
}

private final class Lines: Sendable {
  private let lines = Mutex<(numbers: [Int], threads: Set<pthread_t>)>(([], []))
  var numbers: [Int] { lines.withLock { $0.numbers } }
  /// On which they were added.
  var threads: Set<pthread_t> { lines.withLock { $0.threads } }

  func add() {
    lines.withLock {
      $0.numbers.append($0.numbers.count)
      $0.threads.insert(pthread_self())
    }
  }
}

/// The kernel's numbers of this process's threads of that name. It may leave one out while others end, so that a test waits
/// for what it expects.
func threads(named name: String) -> [String] {
  let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
  return all.filter { thread in
    let called = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
    return called == "\(name)\n"
  }
}

/// Returns once `condition` holds; the suite's time limit ends a test that waits in vain.
func until(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}
