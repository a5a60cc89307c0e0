// Deadlines, cancellation and interruption: how a wait ends when nothing comes.
import Platform
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
  @Test func `a read that waits too long times out, and the connection lives on`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let failure = far.failure(receivingUntil: soon(300))
      await loop.untilWaiting()
      loop.pass(200)
      #expect(far.channel.slot.isAwaited(.read))
      loop.pass(301)
      #expect(await failure == .timedOut)
      try await near.send([1], until: soon())
      #expect(try await far.collect(1) == [1])
    }
  }

  @Test func `a deadline that is over is over at once`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      await #expect(throws: ConnectionError.timedOut) { try await far.collect(1, until: .now - .seconds(1)) }
      near.close()
    }
  }

  /// As a cipher's two tasks may: one has to read before it can write.
  @Test func `two tasks may wait for the same, and both are woken, timed out and interrupted`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let first = far.collect(1)
      await loop.untilWaiting()
      #expect(await far.channel.wait(for: .read, until: soon()) == .ready, "to look again")
      #expect(await far.channel.wait(for: .read, until: .now + .milliseconds(5)) == .timedOut)
      try await near.send([1], until: soon())
      #expect(try await first == [1])

      async let second = far.collect(1)
      await loop.untilWaiting()
      async let beside = far.channel.wait(for: .read, until: soon())
      far.interrupter.interrupt()
      #expect(await beside == .cancelled)
      do {
        _ = try await second
        Issue.record("the first was not interrupted")
      } catch {
        #expect(error as? ConnectionError == .cancelled)
      }
    }
  }

  @Test func `an earlier deadline left armed does not cut a later one short`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let first = far.collect(1, until: soon(300))
      await loop.untilWaiting()
      try await near.send([1], until: soon())
      #expect(try await first == [1])
      async let second = far.collect(1, until: soon(600))
      await loop.untilWaiting()
      loop.pass(400)
      #expect(far.channel.slot.isAwaited(.read))
      try await near.send([2], until: soon())
      #expect(try await second == [2])
    }
  }

  @Test func `a later deadline left armed does not hold an earlier one back`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let first = far.collect(1, until: soon(3600))
      await loop.untilWaiting()
      try await near.send([1], until: soon())
      #expect(try await first == [1])
      async let failure = far.failure(receivingUntil: soon(300))
      await loop.untilWaiting()
      loop.pass(301)
      #expect(await failure == .timedOut)
    }
  }

  @Test func `a hundred waits under one far deadline arm the clock once`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      let before = loop.deadlines.count
      async let echo: Void = {
        for _ in 0..<100 { try await far.send(try await far.collect(1, until: soon(300)), until: soon(300)) }
      }()
      for number in 0..<100 {
        try await near.send([UInt8(number)], until: soon(300))
        #expect(try await near.collect(1, until: soon(300)) == [UInt8(number)])
      }
      try await echo
      #expect(loop.deadlines.count - before == 2)
    }
  }

  @Test func `a peer that is never slower than we are does not outlive the deadline`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let flooding: Void = {
        let octets = [UInt8](repeating: 7, count: 60_000)
        while (try? await near.send(octets, until: soon(0.3))) != nil {}
      }()
      await #expect(throws: ConnectionError.timedOut) { try await far.collect(until: soon(0.1)) }
      far.close()
      await flooding
    }
  }

  @Test func `cancelling a session's task ends the wait it is in`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: ConnectionError.cancelled) {
            try await far.whileCancellable { () throws(ConnectionError) in try await far.collect(1) }
          }
        }
        await loop.untilWaiting()
        group.cancelAll()
      }
      near.close()
    }
  }

  @Test func `a cancelled task may finish what does not wait, and waits no more`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          withUnsafeCurrentTask { $0?.cancel() }
          await #expect(throws: Never.self) { try await far.send(Array("421 closing".utf8), until: soon()) }
          await #expect(throws: ConnectionError.cancelled) { try await far.collect(1) }
        }
        await group.waitForAll()
      }
      #expect(try await near.collect(11) == Array("421 closing".utf8))
    }
  }

  @Test func `an interruption from another thread ends the wait, and later ones too`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      let interrupter = far.interrupter
      startThread(named: "interrupter") { interrupter.interrupt() }
      await #expect(throws: ConnectionError.cancelled) { try await far.collect(1) }
      await #expect(throws: ConnectionError.cancelled) { try await far.collect(1) }
      near.close()
    }
  }

  @Test func `an interruption that comes after the end meets nobody`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      let late = far.interrupter
      far.close()
      let (other, another) = try await connectedPair(on: loop)
      #expect(other.channel.slot.key.place == late.key.place || another.channel.slot.key.place == late.key.place)
      late.interrupt()
      await loop.yield()  // The loop handles what others ask of it before it resumes this task.
      try await other.send([1], until: soon())
      #expect(try await another.collect(1) == [1])
      near.close()
    }
  }
}
