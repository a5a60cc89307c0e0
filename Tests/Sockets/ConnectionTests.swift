// Receiving, sending, and every way a connection ends.
import Glibc
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
  func `what one end sends the other receives`(address: String) async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop, address: address)
      try await near.send(Array("EHLO".utf8), until: soon())
      #expect(try await far.collect(4) == Array("EHLO".utf8))
      #expect(near.peer == far.local)
      #expect(far.peer == near.local)
    }
  }

  @Test func `two pieces arrive one after the other, whatever their sizes`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      for (first, second) in [(0, 0), (0, 5), (5, 0), (3, 4), (1, 3_000_000), (3_000_000, 1), (2_000_000, 2_000_000)] {
        let pieces = (pattern(first), pattern(second))
        async let received = far.collect(first + second)
        try await near.send(pieces.0, pieces.1, until: soon())
        #expect(try await received == pieces.0 + pieces.1)
      }
    }
  }

  @Test func `a slow reader gets everything, and the writer waits for it`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      let sent = pattern(16_000_000)
      async let sending: Void = near.send(sent, until: soon(30))
      var received: [UInt8] = []
      var pieces = 0
      while received.count < sent.count {
        let piece = try #require(try await far.receive(until: soon()) { Array($0) })
        received += piece
        pieces += 1
        if pieces % 20 == 0 { await loop.yield() }
      }
      try await sending
      #expect(received == sent)
    }
  }

  @Test func `a reader that stops reading costs the sender its deadline`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let failure = sendingFails(near, pattern(64_000_000), until: soon(300))
      await loop.untilWaiting()
      loop.pass(301)
      #expect(await failure == .timedOut)
      far.close()
    }
  }

  @Test func `half a connection goes on after the other half has ended`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      try await near.send([1], until: soon())
      shutdown(near.channel.number, Int32(SHUT_WR))
      #expect(try await far.collect() == [1])
      try await far.send([2], until: soon())
      #expect(try await near.collect(1) == [2])
    }
  }

  @Test func `an end that comes while we wait is an end, and stays one`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let received = far.collect()
      await loop.untilWaiting()
      near.close()
      #expect(try await received == [])
      #expect(try await far.collect() == [])
    }
  }

  @Test func `a reset while reading is a reset`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let received = far.collect()
      await loop.untilWaiting()
      reset(near)
      do {
        _ = try await received
        Issue.record("no reset was noticed")
      } catch { #expect(error as? ConnectionError == .reset) }
    }
  }

  @Test func `writing to a peer that is gone fails, and raises no signal`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      far.close()
      await #expect(throws: ConnectionError.reset) {
        while true {
          try await near.send([1], [2], until: soon())
          try await near.send([3], until: soon())
          await loop.yield()
        }
      }
    }
  }

  @Test func `the last words reach a peer that was still sending`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let chatter: Void = near.send(pattern(1_000_000), until: soon())
      try await far.send(Array("421 too much\r\n".utf8), until: soon())
      async let finishing: Void = far.finish(until: soon())
      try await chatter
      #expect(try await near.collect() == Array("421 too much\r\n".utf8))
      near.close()
      await finishing
      #expect(far.channel.number == -1)
    }
  }

  @Test func `what the peer said before it went is still there when a send has failed`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      try await far.send(Array("421 bye\r\n".utf8), until: soon())
      far.close()
      await #expect(throws: ConnectionError.reset) {
        while true {
          try await near.send([1], until: soon())
          await loop.yield()
        }
      }
      #expect(try await near.collect(9) == Array("421 bye\r\n".utf8))
    }
  }

  @Test func `an interrupted connection may still be finished, waiting for its peer`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      far.interrupt()
      try await far.send(Array("421 bye\r\n".utf8), until: soon())
      async let finishing: Void = far.finish(until: soon())
      #expect(try await near.collect() == Array("421 bye\r\n".utf8))
      #expect(far.channel.number >= 0)
      near.close()
      await finishing
      #expect(far.channel.number == -1)
    }
  }

  @Test func `a closed connection says so`() async throws {
    try await onLoop { loop in
      let (near, _) = try await connectedPair(on: loop)
      near.close()
      near.close()
      await #expect(throws: ConnectionError.closed) { try await near.collect(1) }
      await #expect(throws: ConnectionError.closed) { try await near.send([1], until: soon()) }
      await #expect(throws: ConnectionError.closed) { try await near.send([1], [2], until: soon()) }
    }
  }

  @Test func `a connection that is dropped is closed`() async throws {
    try await onLoop { loop in
      let before = loop.slots.count
      let listener = try Listener(address: "127.0.0.1:0")
      let far = try await {
        let near = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
        let far = try await listener.accept(on: loop)
        try await near.send([1], until: soon())
        return far
      }()
      #expect(try await far.collect() == [1])
      #expect(loop.slots.count == before + 2)  // far and the listener
    }
  }

  @Test func `a thousand connections at once each get their own answer`() async throws {
    try await onLoop { loop in
      let listener = try Listener(address: "127.0.0.1:0")
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serveEcho(listener, count: 1000, on: loop) }
        for number in 0..<1000 {
          group.addTask {
            let connection = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon(30))
            let question = Array("question \(number)".utf8)
            for _ in 0..<3 {
              try await connection.send(question, until: soon(30))
              #expect(try await connection.collect(question.count, until: soon(30)) == question)
            }
            connection.close()
          }
        }
        try await group.waitForAll()
      }
    }
  }
}

/// Serves `count` connections, each until its peer ends.
func serveEcho(_ listener: Listener, count: Int, on loop: EventLoop) async throws {
  await withDiscardingTaskGroup { group in
    for _ in 0..<count {
      do {
        let connection = try await listener.accept(on: loop)
        group.addTask {
          while let octets = try? await connection.receive(until: soon(30), { Array($0) }) {
            try? await connection.send(octets, until: soon(30))
          }
          connection.close()
        }
      } catch { return }
    }
  }
}

/// `count` octets that are hard to mix up. The period is a prime, so that no buffer's size hides a shift.
func pattern(_ count: Int) -> [UInt8] {
  var octets: [UInt8] = []
  while octets.count < count { octets += period.prefix(count - octets.count) }
  return octets
}

private let period = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

/// Closes with RST.
func reset(_ connection: Connection) {
  var abruptly = linger(l_onoff: 1, l_linger: 0)
  setsockopt(
    connection.channel.number, SOL_SOCKET, SO_LINGER, &abruptly, socklen_t(MemoryLayout<linger>.size))
  connection.close()
}

private func sendingFails(_ connection: Connection, _ octets: [UInt8], until deadline: Instant) async
  -> ConnectionError?
{
  do throws(ConnectionError) {
    try await connection.send(octets, until: deadline)
    return nil
  } catch { return error }
}
