// A task that changes executors between finding nothing and waiting for it.

import Testing

@testable import Sockets

@Suite struct LateWaitTests {
  @Test func `what a slot was woken for before anybody waited ends the wait`() async {
    let loop = EventLoop(name: "late")
    loop.start()
    defer { loop.stop() }
    let wake = await loop.run { () -> Wake in
      let slot = Slot(in: loop)
      defer { slot.release() }
      slot.wake(.ready)
      return await slot.wait(for: .read, until: soon())
    }
    #expect(wake == .ready)
  }

  @Test func `what a channel heard before anybody waited ends the wait`() async {
    let loop = EventLoop(name: "late")
    loop.start()
    defer { loop.stop() }
    let wakes = await loop.run { () -> [Wake] in
      let slot = Slot(in: loop)
      defer { slot.release() }
      slot.readable = false
      let before = await slot.wait(for: .read, until: .now + .milliseconds(10), isChannel: true)
      slot.readable = true
      return [before, await slot.wait(for: .read, until: soon(), isChannel: true)]
    }
    #expect(wakes == [.timedOut, .ready])
  }
}
