// What proxies say of their clients, right and wrong, and what is left behind it.

import Support
import Testing

@testable import Sockets

private let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

private func version2(_ command: UInt8, _ kind: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
  let length = length ?? body.count
  return signature + [command, kind, UInt8(length >> 8), UInt8(length & 255)] + body
}

private let addresses4: [UInt8] = [192, 0, 2, 7, 192, 0, 2, 1, 0xDC, 0x04, 0, 25]
private let addresses6: [UInt8] =
  [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 16) + [0xDC, 4, 0, 25]
private let path: [UInt8] = Array("/run/app.sock".utf8) + [UInt8](repeating: 0, count: 203)

private func client(_ host: String) -> ProxyHeader { .client(Endpoint(host: host, port: 56324)) }

@Suite struct `A header of the PROXY protocol` {
  @Test(
    arguments: [
      ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 25", client("192.0.2.7")),
      ("PROXY TCP6 2001:db8::7 2001:db8::1 56324 25", client("2001:db8::7")),
      ("PROXY TCP6 2001:DB8:0:0:0:0:0:7 :: 56324 0", client("2001:db8::7")),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 65535 1", .client(Endpoint(host: "192.0.2.7", port: 65535))),
      ("PROXY UNKNOWN", .proxyItself),
      ("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535", .proxyItself),
      ("PROXY UNKNOWN " + String(repeating: "x", count: 91), .proxyItself),  // 107 octets, the most
    ] as [(String, ProxyHeader)])
  func `of version 1 is a line`(line: String, header: ProxyHeader) throws {
    try expect(Array("\(line)\r\n".utf8), header)
  }

  @Test(
    arguments: [
      (version2(0x21, 0x11, addresses4), client("192.0.2.7")),
      (version2(0x21, 0x21, addresses6), client("2001:db8::7")),
      (version2(0x21, 0x11, addresses4 + [0x04, 0, 3, 1, 2, 3]), client("192.0.2.7")),  // with an attribute
      (version2(0x21, 0x11, addresses4 + [UInt8](repeating: 9, count: 508)), client("192.0.2.7")),  // the most
      (version2(0x20, 0x00, []), .proxyItself),  // LOCAL: a health check
      (version2(0x20, 0x11, addresses4), .proxyItself),
      (version2(0x20, 0xEE, [1, 2, 3]), .proxyItself),
      (version2(0x21, 0x00, [1, 2, 3]), .proxyItself),
      (version2(0x21, 0x31, path + path), .proxyItself),
      (version2(0x21, 0x12, addresses4), .proxyItself),  // UDP
    ] as [([UInt8], ProxyHeader)])
  func `of version 2 is told by its length`(octets: [UInt8], header: ProxyHeader) throws {
    try expect(octets, header)
  }

  @Test(
    arguments: [
      ("EHLO host.example\r\n", .missing),
      ("\r\n\r\n\r\n", .missing),
      ("proxy TCP4 192.0.2.7 192.0.2.1 56324 25\r\n", .missing),
      (" PROXY UNKNOWN\r\n", .missing),
      ("PROXY\r\n", .missing),
      ("PROXY UNKNOWN\n", .badLine),
      ("PROXY \r\n", .badLine),
      ("PROXY TCP5 192.0.2.7 192.0.2.1 56324 25\r\n", .badLine),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 56324\r\n", .badLine),
      ("PROXY TCP4  192.0.2.7 192.0.2.1 56324 25\r\n", .badLine),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 25 \r\n", .badLine),
      ("PROXY TCP4 192.0.2.256 192.0.2.1 56324 25\r\n", .badAddress),
      ("PROXY TCP4 host.example 192.0.2.1 56324 25\r\n", .badAddress),
      ("PROXY TCP4 2001:db8::7 192.0.2.1 56324 25\r\n", .badAddress),
      ("PROXY TCP6 192.0.2.7 2001:db8::1 56324 25\r\n", .badAddress),
      ("PROXY TCP6 fe80::7%eth0 2001:db8::1 56324 25\r\n", .badAddress),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 65536 25\r\n", .badAddress),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 +5 25\r\n", .badAddress),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 025 25\r\n", .badAddress),
      ("PROXY TCP4 192.0.2.7 192.0.2.1 56324 \r\n", .badAddress),
      ("PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n", .tooLong),
      (String(repeating: "PROXY ", count: 100), .tooLong),
    ] as [(String, ProxyHeaderFault)])
  func `of version 1 that is wrong is told apart`(text: String, fault: ProxyHeaderFault) throws {
    try expect(Array(text.utf8), fault)
  }

  @Test(
    arguments: [
      (version2(0x11, 0x11, addresses4), .badVersion),
      (version2(0x22, 0x11, addresses4), .badCommand),
      (version2(0x21, 0x41, addresses4), .badFamily),
      (version2(0x21, 0x10, addresses4), .badFamily),
      (version2(0x21, 0x11, [1, 2, 3]), .badAddress),
      (version2(0x21, 0x21, addresses4), .badAddress),
      (version2(0x21, 0x11, addresses4, length: 521), .tooLong),
      (version2(0x20, 0x00, [], length: 65535), .tooLong),
      (Array(signature.dropLast()) + [0x0D], .missing),
    ] as [([UInt8], ProxyHeaderFault)])
  func `of version 2 that is wrong is told apart`(octets: [UInt8], fault: ProxyHeaderFault) throws {
    try expect(octets, fault)
  }

  @Test(arguments: ProxyHeaderFault.allCases)
  func `each fault has its own words`(fault: ProxyHeaderFault) {
    #expect(ProxyHeaderFault.allCases.filter { $0.words == fault.words } == [fault])
  }

  /// It needs every octet, and none of those behind it.
  private func expect(_ octets: [UInt8], _ header: ProxyHeader) throws {
    for count in 0..<octets.count { #expect(ProxyHeaderReading(Array(octets.prefix(count))) == .needsMore) }
    #expect(ProxyHeaderReading(octets) == .header(header, octets: octets.count))
    #expect(ProxyHeaderReading(octets + Array("EHLO\r\n".utf8)) == .header(header, octets: octets.count))
  }

  /// It is wrong from some octet on, and stays so.
  private func expect(_ octets: [UInt8], _ fault: ProxyHeaderFault) throws {
    let readings = (0...octets.count).map { ProxyHeaderReading(Array(octets.prefix($0))) }
    let turn = try #require(readings.firstIndex(of: .malformed(fault)))
    #expect(readings[..<turn].allSatisfy { $0 == .needsMore })
    #expect(readings[turn...].allSatisfy { $0 == .malformed(fault) })
  }
}

@Suite(.timeLimit(.minutes(1))) struct `A connection with a PROXY header` {
  private let header = Array("PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\r\n".utf8)

  @Test(arguments: [Pieces.whole, .octetByOctet])
  func `begins behind it, however it comes`(pieces: Pieces) async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      async let sent: Void = {
        for piece in pieces.pieces(of: header + Array("EHLO".utf8)) { try await near.send(piece, until: soon()) }
      }()
      #expect(try await far.receiveProxyHeader(until: soon()) == client("192.0.2.7"))
      try await sent
      #expect(try await far.collect(4) == Array("EHLO".utf8))
    }
  }

  @Test func `that never comes whole times out`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      try await near.send(Array(header.dropLast()), until: soon())
      async let failure = self.failure(of: far)
      await loop.untilWaiting()
      loop.pass(60)
      #expect(await failure == .connection(.timedOut))
    }
  }

  @Test func `that ends within it, or without it, is told`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      try await near.send(Array(header.dropLast()), until: soon())
      near.close()
      #expect(await failure(of: far) == .malformed(.truncated))
      let (silent, other) = try await connectedPair(on: loop)
      silent.close()
      #expect(await failure(of: other) == .connection(.reset))
    }
  }

  @Test func `that begins with something else is told at once`() async throws {
    try await onLoop { loop in
      let (near, far) = try await connectedPair(on: loop)
      try await near.send(Array("EHLO".utf8), until: soon())
      #expect(await failure(of: far) == .malformed(.missing))
    }
  }

  private func failure(of connection: Connection) async -> ProxyHeaderError? {
    do throws(ProxyHeaderError) {
      _ = try await connection.receiveProxyHeader(until: soon())
      return nil
    } catch { return error }
  }
}
