import Synchronization
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
  @Test func `an actor that names a worker as its executor runs on that thread only`() async throws {
    let desk = Desk()
    for _ in 0..<100 { await desk.count() }
    #expect(await desk.isAtHome)
    #expect(await desk.counted == 100)
  }

  @Test func `work is done in the order it was given`() async throws {
    let worker = Worker(name: "orderly")
    let desk = Ledger()
    await withDiscardingTaskGroup { group in
      for _ in 0..<10 { group.addTask { await worker.run { desk.lines.withLock { $0.append($0.count) } } } }
    }
    #expect(desk.lines.withLock { $0 } == Array(0..<10))
  }

  @Test func `errors come back as they were thrown`() async throws {
    let worker = Worker(name: "failing")
    do throws(ConnectionError) {
      try await worker.run { () throws(ConnectionError) in throw .failed(5) }
      Issue.record("nothing was thrown")
    } catch { #expect(error == .failed(5)) }
  }

  @Test func `a worker that is dropped ends its thread`() async throws {
    do {
      let worker = Worker(name: "short-lived")
      await worker.run {}
      #expect(threads(named: "short-lived").count == 1)
    }
    try await eventually { threads(named: "short-lived").isEmpty }
  }
}

private actor Desk {
  private let worker = Worker(name: "desk")
  nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }
  private(set) var counted = 0

  func count() { counted += 1 }

  var isAtHome: Bool {
    worker.checkIsolated()
    return true
  }
}

final class Ledger: Sendable {
  let lines = Mutex<[Int]>([])
}
