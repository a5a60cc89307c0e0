// The loop itself: who runs where, and that nothing runs when there is nothing to do.
import Foundation
import Synchronization
import Platform
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
  @Test func `work and its child tasks run on the loop's thread, and come back to it`() async throws {
    let worker = Worker(name: "elsewhere")
    try await onLoop { loop in
      #expect(loop.isCurrent)
      async let child = loop.isCurrent
      #expect(await child)
      await withDiscardingTaskGroup { group in group.addTask { #expect(loop.isCurrent) } }
      #expect(await worker.run { loop.isCurrent } == false)
      #expect(loop.isCurrent)
      await Clerk().work(on: loop)
      #expect(loop.isCurrent)
      await Task.yield()
      #expect(loop.isCurrent)
    }
  }

  @Test func `sleepers wake in the order of their deadlines`() async throws {
    let woken = Ledger()
    try await onLoop { loop in
      try await withThrowingDiscardingTaskGroup { group in
        for delay in [400, 100, 300, 200, 150] {
          group.addTask {
            try await loop.sleep(until: soon(Double(delay)))
            woken.lines.withLock { $0.append(delay) }
          }
        }
        await loop.untilWaiting(5)
        loop.pass(250)
        while loop.slots.count > 2 { await loop.yield() }
        #expect(woken.lines.withLock { $0 } == [100, 150, 200])
        loop.pass(500)
      }
      #expect(woken.lines.withLock { $0 } == [100, 150, 200, 300, 400])
      #expect(loop.slots.count == 0)
    }
  }

  @Test func `a sleeper whose task is cancelled wakes at once`() async throws {
    try await onLoop { loop in
      let sleeper = loop.start {
        await #expect(throws: CancellationError.self) { try await loop.sleep(until: soon(3600)) }
      }
      await loop.untilWaiting()
      sleeper.cancel()
      await sleeper.value
    }
  }

  @Test func `a loop that stops ends all waits, present and future, and then its thread`() async throws {
    let loop = EventLoop(name: "stopping")
    loop.start()
    let work = loop.start {
      await #expect(throws: CancellationError.self) { try await loop.sleep(until: soon(3600)) }
      await #expect(throws: CancellationError.self) { try await loop.sleep(until: soon(3600)) }
    }
    await loop.run { await loop.untilWaiting() }
    while threads(named: "stopping").count != 1 { await Task.yield() }
    loop.stop()
    await work.value
    while !threads(named: "stopping").isEmpty { await Task.yield() }
  }

  @Test func `work given before the loop has started is done once it has`() async throws {
    let loop = EventLoop(name: "late")
    let work = loop.start { #expect(loop.isCurrent) }
    loop.start()
    await work.value
    loop.stop()
  }

  @Test func `an idle loop does not wake, however many connections wait in it`() async throws {
    let loop = EventLoop(name: "idle loop")
    loop.start()
    defer { loop.stop() }
    let waiting = loop.start {
      await withDiscardingTaskGroup { group in
        for _ in 0..<50 {
          group.addTask {
            guard let (near, far) = try? await connectedPair(on: loop) else { return }
            _ = try? await far.collect(1, until: soon(300))
            near.close()
          }
        }
      }
    }
    await loop.run { await loop.untilWaiting(50) }
    var found: String?
    while found == nil {
      await Task.yield()
      found = threads(named: "idle loop").first
    }
    let thread = try #require(found)
    // The thread goes to sleep in its own time; then it must stay asleep. One that wakes by itself never does.
    var before: Substring?
    repeat {
      before = try wakeUps(of: thread)
      try await Task.sleep(for: .milliseconds(500))
    } while try wakeUps(of: thread) != before
    loop.stop()
    await waiting.value
  }

  @Test func `errors come back from the loop as they were thrown`() async throws {
    let loop = EventLoop(name: "throwing")
    loop.start()
    defer { loop.stop() }
    do throws(ConnectionError) {
      try await loop.run { () throws(ConnectionError) in throw .failed(7) }
      Issue.record("nothing was thrown")
    } catch { #expect(error == .failed(7)) }
  }

  private func wakeUps(of thread: String) throws -> Substring? {
    try String(contentsOfFile: "/proc/self/task/\(thread)/status", encoding: .utf8)
      .split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
  }
}

private actor Clerk {
  func work(on loop: EventLoop) { #expect(loop.isCurrent) }
}

func threads(named name: String) -> [String] {
  let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
  return all.filter { thread in
    let called = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
    return called == "\(name)\n"
  }
}

final class Ledger: Sendable {
  let lines = Mutex<[Int]>([])
}
