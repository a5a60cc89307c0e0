// The loop itself: who runs where, and that nothing runs when there is nothing to do.
import Foundation
import Synchronization
import System
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
      let begun = Instant.now
      try await withThrowingDiscardingTaskGroup { group in
        for delay in [40, 10, 30, 20, 0] {
          group.addTask {
            try await loop.sleep(until: begun + .milliseconds(delay))
            woken.lines.withLock { $0.append(delay) }
          }
        }
      }
      #expect(woken.lines.withLock { $0 } == [0, 10, 20, 30, 40])
      #expect(.now - begun >= .milliseconds(40))
      #expect(loop.slots.count == 0)
    }
  }

  @Test func `a sleeper whose task is cancelled wakes at once`() async throws {
    try await onLoop { loop in
      let sleeper = loop.start {
        await #expect(throws: CancellationError.self) { try await loop.sleep(until: soon(3600)) }
      }
      try await loop.sleep(until: .now + .milliseconds(10))
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
    try await Task.sleep(for: .milliseconds(20))
    #expect(threads(named: "stopping").count == 1)
    loop.stop()
    await work.value
    try await eventually { threads(named: "stopping").isEmpty }
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
    try await Task.sleep(for: .milliseconds(300))
    let thread = try #require(threads(named: "idle loop").first)
    let before = try wakeUps(of: thread)
    try await Task.sleep(for: .milliseconds(500))
    #expect(try wakeUps(of: thread) == before)
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

/// Waits until `condition` holds, five seconds at most.
func eventually(_ condition: () -> Bool) async throws {
  for _ in 0..<500 {
    if condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("still not so after five seconds")
}

final class Ledger: Sendable {
  let lines = Mutex<[Int]>([])
}
