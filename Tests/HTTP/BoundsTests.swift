// Nobody can hold a request for longer, or fill more memory, than it allows. What does not keep to the rules is not sent.

import Foundation
import Support
import Synchronization
import Testing

@testable import HTTP

extension HTTP {
  @Suite struct BoundsTests {
    private let client = HTTPClient()

    // MARK: Time

    @Test(arguments: ["HTTP/1.1 20", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"])
    func `the time ends an answer that drips, wherever it has got to`(start: String) async throws {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say(start)
        // A new octet every now and then starts no time anew.
        while connection.say("X") { usleep(20_000) }
      }
      let error = await client.error(of: try .to(server.port, within: .seconds(1)))
      guard case .timedOut(after: .seconds(1), _) = error else { throw Unexpected(error) }
    }

    @Test func `the time ends a wait for a server that says nothing`() async throws {
      let server = try RawServer { $0.hearEnd() }
      let error = await client.error(of: try .to(server.port, within: .milliseconds(300)))
      guard case .timedOut(after: .milliseconds(300), _) = error else { throw Unexpected(error) }
    }

    // MARK: Octets

    @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
    func `an endless answer is read no further than allowed`(head: String) async throws {
      let piece = String(repeating: "x", count: 0x400)
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say(head)
        while connection.say(head.contains("chunked") ? "400\r\n\(piece)\r\n" : piece) {}
      }
      let request = try HTTPRequest.to(server.port).with { $0.longestAnswer = 100_000 }
      #expect(await client.error(of: request) == .tooLong(limit: 100_000))
    }

    @Test func `an endless head is read no further than allowed`() async throws {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say("HTTP/1.1 200 OK\r\n")
        while connection.say("X-More: and more\r\n") {}
      }
      let request = try HTTPRequest.to(server.port).with { $0.longestAnswer = 50_000 }
      #expect(await client.error(of: request) == .tooLong(limit: 50_000))
    }

    // MARK: Cancelled and closed

    @Test func `a cancelled caller gets its end at once, and the connection is closed`() async throws {
      let asked = Mutex(false)
      let gone = Mutex(false)
      let server = try RawServer { connection in
        _ = connection.hearHead()
        asked.withLock { $0 = true }
        connection.hearEnd()
        gone.withLock { $0 = true }
      }
      let request = try HTTPRequest.to(server.port, "POST", within: .seconds(3600))
      let asking = Task { [client] in await client.error(of: request) }
      try await until("the request") { asked.withLock { $0 } }
      asking.cancel()
      #expect(await asking.value == .cancelled(mayHaveArrived: true))
      try await until("the end of the connection") { gone.withLock { $0 } }
    }

    @Test func `who is cancelled already sends nothing`() async throws {
      let requests = Mutex(0)
      let server = try RawServer { connection in
        if !connection.hearHead().isEmpty { requests.withLock { $0 += 1 } }
      }
      let request = try HTTPRequest.to(server.port, within: .seconds(3600))
      let asking = Task { [client] in
        withUnsafeCurrentTask { $0?.cancel() }
        return await client.error(of: request)
      }
      #expect(await asking.value == .cancelled(mayHaveArrived: false))
      #expect(requests.withLock { $0 } == 0)
    }

    @Test func `a client that is closed ends what is under way, and its thread`() async throws {
      let asked = Mutex(0)
      let server = try RawServer { connection in
        _ = connection.hearHead()
        asked.withLock { $0 += 1 }
        connection.hearEnd()
      }
      let others = try threads()
      let client = HTTPClient()
      let request = try HTTPRequest.to(server.port, within: .seconds(3600))
      let asking = (0..<3).map { _ in Task { await client.error(of: request) } }
      try await until("three requests") { asked.withLock { $0 } == 3 }
      let threads = try threads().subtracting(others)
      client.close()
      #expect(try self.threads().intersection(threads).count == threads.count - 1)
      for task in asking { #expect(await task.value == .closed) }
      #expect(await client.error(of: request) == .closed)
    }

    /// Of all clients in this process.
    private func threads() throws -> Set<String> {
      Set(
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter {
          (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == "http\n"
        })
    }

    // MARK: What is not sent

    @Test(arguments: [
      ("GET / HTTP/1.1\r\nX: y", "Accept", "*/*"), ("GET", "Accept\r\nX", "y"), ("GET", "Accept", "a\r\nX: y"),
      ("GET", "Accept", "a\nX: y"), ("GET", "", "y"), ("GET", "X:Y", "z"), ("GET", "X", "a\0b"),
    ])
    func `no field can smuggle in another`(method: String, name: String, value: String) async throws {
      let request = try HTTPRequest.to(1, method).with { $0.fields = [(name, value)] }
      #expect(await client.error(of: request) == .malformed)
    }

    @Test(arguments: [
      ("https://login.example/token", true), ("HTTPS://login.example/token", true),
      ("http://127.0.0.1:8080/token", true), ("http://127.9.9.9/token", true), ("http://[::1]:80/token", true),
      ("http://localhost/token", true), ("http://login.example/token", false),
      ("http://127.0.0.1.evil.example/", false), ("http://127.evil/", false), ("http://localhost.evil.example/", false),
      ("ftp://127.0.0.1/", false), ("file:///etc/passwd", false), ("/token", false), ("https:///token", false),
      ("http://login.example@127.0.0.1.evil.example/", false),
    ])
    func `plain http is for this machine alone`(url: String, isAllowed: Bool) async throws {
      let url = try #require(URL(string: url))
      #expect(HTTPAddress.allows(url) == isAllowed)
      if !isAllowed { #expect(await client.error(of: HTTPRequest("GET", url, within: .seconds(1))) == .notAllowed) }
    }

    @Test(arguments: [
      ("http://127.0.0.1/token", [:], false),
      ("http://127.0.0.1/token", ["http_proxy": "http://proxy:3128"], true),
      ("http://127.0.0.1/token", ["http_proxy": ""], false),
      ("http://127.0.0.1/token", ["https_proxy": "http://proxy:3128"], false),
      ("https://login.example/token", ["http_proxy": "http://proxy:3128", "https_proxy": "http://proxy:3128"], false),
      ("http://127.0.0.1/token", ["ALL_PROXY": "socks5://proxy"], true),
      ("http://127.0.0.1/token", ["http_proxy": "http://proxy", "no_proxy": "localhost"], true),
      ("http://127.0.0.1/token", ["http_proxy": "http://proxy", "no_proxy": "localhost, 127.0.0.1"], false),
      ("http://[::1]:8080/token", ["http_proxy": "http://proxy", "NO_PROXY": "::1"], false),
      ("http://localhost/token", ["http_proxy": "http://proxy", "no_proxy": "*"], false),
    ])
    func `plain http never leaves by a proxy`(url: String, environment: [String: String], wouldLeave: Bool) async throws
    {
      let url = try #require(URL(string: url))
      #expect(try #require(HTTPAddress(url)).isReadByProxy(environment) == wouldLeave)
      guard wouldLeave else { return }
      let client = HTTPClient(environment: environment)
      #expect(await client.error(of: HTTPRequest("GET", url, within: .seconds(1))) == .proxyWouldRead)
    }
  }
}
