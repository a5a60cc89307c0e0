// What the service manager hears of a relay, and above all when it hears nothing.

import Foundation
import Platform
import Sockets
import Status
import Support
import Testing

@testable import Letterhead

@Suite(.timeLimit(.minutes(2))) struct SupervisionTests {
  private let socket: NotifySocket
  private let manager: ServiceManager

  init() throws {
    socket = try NotifySocket()
    manager = try #require(ServiceManager(socket: socket.place, watchdog: .seconds(60)))
  }

  private func snapshot(waiting: Int) -> Snapshot {
    let queue = EntityStatus.Queue(queued: waiting)
    let moment = Date(timeIntervalSince1970: 1_795_334_400)
    return Snapshot(
      version: "0.1.0", pid: 1, startedAt: moment, updatedAt: moment,
      entities: ["acme": EntityStatus(name: "Acme", state: .connected, queue: queue)])
  }

  @Test func `a state is told once, and none after the relay has begun to stop`() async throws {
    let supervision = Supervision(manager)
    for waiting in [0, 0, 1] { supervision.show(snapshot(waiting: waiting)) }
    supervision.stopping()
    supervision.show(snapshot(waiting: 0))
    manager.tell(.alive)
    #expect(try await socket.next() == "STATUS=Takes mail; 1 of 1 mailbox connected; 0 messages wait.")
    #expect(try await socket.next() == "STATUS=Takes mail; 1 of 1 mailbox connected; 1 message waits.")
    #expect(try await socket.next().hasPrefix("STOPPING=1\nSTATUS=Stopping"))
    #expect(try await socket.next() == "WATCHDOG=1", "a state came after the end was told")
  }

  @Test func `the watchdog hears that the relay is alive, three times in its time`() async throws {
    let loops = [EventLoop(name: "one"), EventLoop(name: "two")]
    for loop in loops { loop.start() }
    defer { for loop in loops { loop.stop() } }
    let time = ManualTime()
    let begin = time.now
    let watching = Task { await Supervision(manager).watch(loops, by: time) }
    for turn in 1...3 {
      #expect(try await socket.next() == "WATCHDOG=1")
      while time.sleepers == 0 { await Task.yield() }
      #expect(time.alarms == [begin.addingTimeInterval(Double(turn) * 20)])
      time.skip()
    }
    watching.cancel()
    await watching.value
  }

  @Test func `one loop that hangs silences the watchdog until it goes on`() async throws {
    let loops = [EventLoop(name: "sound"), EventLoop(name: "hangs")]
    for loop in loops { loop.start() }
    defer { for loop in loops { loop.stop() } }
    let (hanging, goingOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let hung = loops[1].start {
      hanging.signal()
      wait(for: goingOn)
    }
    try await BlockingThread { hanging.wait() }.value
    let watching = Task { await Supervision(manager).watch(loops, by: ManualTime()) }
    // The loop that does not hang has done all of it: had the notice been sent, it would be the first.
    for _ in 0..<10 { await loops[0].run {} }
    manager.tell(.status("goes on"))
    goingOn.signal()
    #expect(try await socket.next() == "STATUS=goes on")
    #expect(try await socket.next() == "WATCHDOG=1")
    watching.cancel()
    await watching.value
    await hung.value
  }

  @Test func `without a watchdog no loop is asked`() async throws {
    let unwatched = ServiceManager(socket: socket.place)
    // A loop that was never started would answer nobody.
    await Supervision(unwatched).watch([EventLoop(name: "never started")], by: ManualTime())
    await Supervision(nil).watch([EventLoop(name: "never started")], by: ManualTime())
  }
}

/// Blocks the thread, which is what is tested; asynchronous code may not say so itself.
private func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
