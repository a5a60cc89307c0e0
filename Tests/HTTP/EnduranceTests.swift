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
      let (before, used) = (try descriptors(), try memory())
      try await ask(9000)
      // A connection of the server's may still be ending.
      #expect(try descriptors() <= before + 2)
      #expect(try memory() - used < 4 << 20)
    }

    /// In octets.
    private func memory() throws -> Int {
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
      return try #require(Int(pages)) * Int(getpagesize())
    }

    private func descriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
  }
}
