// Ten thousand requests leave nothing behind.

import Foundation
import Support
import Testing

@testable import HTTP

extension HTTP {
  @Suite struct EnduranceTests {
    @Test func `ten thousand requests leak neither descriptors nor memory`() async throws {
      let server = try RawServer { connection in
        while case let head = connection.hearHead(), !head.isEmpty {
          if head.hasPrefix("POST") { _ = connection.hear(4) }
          connection.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
        }
      }
      let client = HTTPClient()
      let get = try HTTPRequest.to(server.port)
      let post = try HTTPRequest.to(server.port, "POST").with { $0.body = .octets(Array("body".utf8)) }
      let put = get.with { request in
        request.method = "PUT"
        request.body = .pieces(length: 0) { nil }
      }
      func ask(_ count: Int) async throws {
        for number in 0..<count {
          let request = number % 10 == 0 ? post : number % 10 == 1 ? put : get
          #expect(try await client.send(request).status == 200)
        }
      }
      try await ask(1000)
      let used = try memory()
      try await ask(9000)
      #expect(connections(to: server.port) == 1)
      // A handle of libcurl's for each request would be 50 MiB.
      #expect(try memory() - used < 8 << 20)
    }

    /// In octets.
    private func memory() throws -> Int {
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
      return try #require(Int(pages)) * Int(getpagesize())
    }

    /// Sockets of this process that lead there.
    private func connections(to port: UInt16) -> Int {
      (0..<Int32(getdtablesize())).count { descriptor in
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutableBytes(of: &peer) {
          getpeername(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return found == 0 && peer.sin_port == port.bigEndian
      }
    }
  }
}
