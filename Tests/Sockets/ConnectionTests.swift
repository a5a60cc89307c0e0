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
}
