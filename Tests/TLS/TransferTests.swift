// What goes through once the handshake is done: all of it, in order, and ended properly. And sessions taken up again.
import COpenSSL
import Support
import Testing

@testable import Sockets
@testable import TLS

@Suite(.timeLimit(.minutes(1))) struct TransferTests {
  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `megabytes arrive as they were sent, in both directions at once`(version: Int32) async throws {
    try await secured(version) { near, far in
      let sent = octets(8_000_000)
      async let there: Void = near.send(sent, until: soon(30))
      async let back: Void = far.send(sent[1...], until: soon(30))
      async let arrived = far.collect(sent.count, until: soon(30))
      let returned = try await near.collect(sent.count - 1, until: soon(30))
      #expect(returned == Array(sent[1...]))
      let received = try await arrived
      #expect(received == sent)
      try await there
      try await back
    }
  }

  @Test func `two pieces arrive one after the other, whatever their sizes`() async throws {
    try await secured { near, far in
      for (first, second) in [(0, 0), (0, 5), (5, 0), (3, 4), (1, 300_000), (300_000, 1), (16_384, 1), (16_383, 2)] {
        async let arrived = far.collect(first + second)
        try await near.send(octets(first), octets(second), until: soon())
        let received = try await arrived
        #expect(received == octets(first) + octets(second))
      }
    }
  }

  @Test func `two small pieces are one record`() async throws {
    try await secured { near, far in
      try await near.send(octets(100), octets(1000), until: soon())
      #expect(try await far.receive(until: soon()) { $0.count } == 1100)
    }
  }

  @Test func `a slow reader makes the writer wait, to its deadline`() async throws {
    try await secured { near, far in
      await #expect(throws: ConnectionError.timedOut) {
        try await near.send([UInt8](repeating: 7, count: 32_000_000), until: soon(0.3))
      }
      far.close()
    }
  }

  @Test func `a wait for octets times out, and the connection lives on`() async throws {
    try await secured { near, far in
      await #expect(throws: ConnectionError.timedOut) { try await far.collect(1, until: soon(0.05)) }
      try await near.send([1], until: soon())
      #expect(try await far.collect(1) == [1])
    }
  }

  @Test func `an end with a goodbye, without one, and a reset`() async throws {
    try await secured { near, far in
      near.close()
      for _ in 0..<2 {
        let rest = try await far.collect()
        #expect(rest == [])
      }
    }
    try await secured { near, far in
      near.cipher = nil
      near.close()
      for _ in 0..<2 {
        let rest = try await far.collect()
        #expect(rest == [])
      }
    }
    try await secured { near, far in
      try await far.send([1], until: soon())
      near.cipher = nil
      await near.loop.yield()
      near.close()  // With unread octets: a reset.
      await #expect(throws: ConnectionError.reset) { try await far.collect() }
    }
  }

  @Test func `a record that was tampered with breaks the connection in OpenSSL's words`() async throws {
    try await secured { near, far in
      near.cipher = nil
      try await near.send([23, 3, 3, 0, 32] + octets(32), until: soon())
      await #expect(throws: ConnectionError.cipher("decryption failed or bad record mac")) { try await far.collect() }
      await #expect(throws: ConnectionError.cipher("the TLS session is broken")) {
        try await far.send([1], until: soon())
      }
      far.close()
    }
  }

  @Test func `the last words reach a peer that was still sending`() async throws {
    try await secured { near, far in
      async let chatter: Void = near.send(octets(1_000_000), until: soon())
      try await far.send(Array("421 too much\r\n".utf8), until: soon())
      async let finishing: Void = far.finish(until: soon())
      try await chatter
      #expect(try await near.collect() == Array("421 too much\r\n".utf8))
      near.close()
      await finishing
    }
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `a second connection takes up the session of the first, for the same host only`(version: Int32) async throws {
    let server = try serverContext()
    let client = try TLSContext.client(extraAuthorities: authority())
    limit(client, to: version)
    try await onLoop { loop in
      let (listener, serving) = try listen(on: loop, echo(server))
      defer { serving.cancel() }
      var resumed: [Bool] = []
      for host in ["localhost", "localhost", "127.0.0.1", "127.0.0.1", "localhost"] {
        let connection = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
        let details = try await connection.startTLS(client, verifying: host, until: soon())
        #expect(details.certificate?.subject == "CN=localhost")
        #expect(details.version == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"))
        resumed.append(details.resumed)
        try await connection.send([1], until: soon())
        #expect(try await connection.collect(1) == [1])
        connection.close()
      }
      #expect(resumed == [false, true, false, true, true])
    }
  }

  private func secured(
    _ version: Int32 = TLS1_3_VERSION, _ body: (_ near: Connection, _ far: Connection) async throws -> Void
  ) async throws {
    let server = try serverContext()
    let client = try TLSContext.client(extraAuthorities: authority())
    limit(client, to: version)
    try await onLoop { loop in
      let (near, far) = try await pair(on: loop)
      async let ours: TLSDetails = far.startTLS(asServer: server, until: soon())
      try await near.startTLS(client, verifying: "localhost", until: soon())
      _ = try await ours
      // The tickets are read with this. Closing with them unread would be a reset.
      try await far.send([0], until: soon())
      #expect(try await near.collect(1) == [0])
      try await body(near, far)
    }
  }
}

/// `count` octets that are hard to mix up.
func octets(_ count: Int) -> [UInt8] {
  var octets: [UInt8] = []
  while octets.count < count { octets += period.prefix(count - octets.count) }
  return octets
}

private let period = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
