// What stands on the wire, and what is made of the answer.

import Foundation
import Sockets
import Support
import Synchronization
import Testing

@testable import HTTP

extension HTTP {
  @Suite struct ExchangeTests {
    private let client = HTTPClient()

    @Test func `a request is what was asked for, and nothing else`() async throws {
      let server = try ScriptedPeer(
        """
        C: POST /token?x=1 HTTP/1.1
        C: Host: localhost*
        C: User-Agent: letterhead
        C: Accept: application/json
        C: Content-Type: application/x-www-form-urlencoded
        C: X-Nothing:
        C: Content-Length: 7
        C:
        C> "a=b&c=d"
        S: HTTP/1.1 201 Created
        S: Content-Type: application/json
        S: Retry-After:   7
        S: X-Folded: one
        S:  two
        S: Content-Length: 2
        S:
        S> "{}"
        C: (closes)
        """)
      let answer = try await client.send(
        .to(server.endpoint.port, "POST", "/token?x=1").with {
          $0.fields = [
            ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"), ("X-Nothing", ""),
          ]
          $0.body = .octets(Array("a=b&c=d".utf8))
        })
      #expect(answer.status == 201)
      #expect(answer["content-type"] == "application/json")
      #expect(answer["RETRY-AFTER"] == "7")
      #expect(answer["X-Folded"] == "one two")
      #expect(answer["Date"] == nil)
      #expect(answer.body == Array("{}".utf8))
      _ = try await server.finish()
    }

    @Test(arguments: [
      ("GET", []), ("DELETE", []), ("POST", ["C: Content-Length: 0"]), ("PUT", ["C: Content-Length: 0"]),
      ("PATCH", ["C: Content-Length: 0"]),
    ])
    func `a request without a body says so where its method asks for one`(method: String, length: [String]) async throws
    {
      let head = ["C: \(method) / HTTP/1.1", "C: Host: *", "C: User-Agent: *", "C: Accept: */*"] + length
      let script = head + ["C: ", "S: HTTP/1.1 204 No Content", "S: "]
      let server = try ScriptedPeer(script.joined(separator: "\n"))
      #expect(try await client.send(.to(server.endpoint.port, method)).status == 204)
      client.close()
      _ = try await server.finish()
    }

    @Test func `the body of an answer to HEAD is not waited for`() async throws {
      let server = try ScriptedPeer(
        """
        C: HEAD / HTTP/1.1
        C: Host: *
        C: User-Agent: *
        C: Accept: */*
        C:
        S: HTTP/1.1 200 OK
        S: Content-Length: 1000000
        S:
        """)
      let answer = try await client.send(.to(server.endpoint.port, "HEAD"))
      #expect(answer["Content-Length"] == "1000000")
      #expect(answer.body.isEmpty)
    }

    @Test func `an answer before the answer does not count`() async throws {
      let answer = try await answer(
        to: "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 404 No\r\nX: y\r\n\r\nbody")
      #expect(answer.status == 404)
      #expect(answer["Link"] == nil)
      #expect(answer["X"] == "y")
      #expect(answer.body == Array("body".utf8))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is an answer and is not followed`(status: Int) async throws {
      let visits = Mutex(0)
      let target = try RawServer { _ in visits.withLock { $0 += 1 } }
      let answer = try await answer(
        to: "HTTP/1.1 \(status) Gone\r\nLocation: http://localhost:\(target.port)/\r\nContent-Length: 0\r\n\r\n")
      #expect(answer.status == status)
      #expect(answer["Location"] == "http://localhost:\(target.port)/")
      #expect(visits.withLock { $0 } == 0)
    }

    @Test func `no cookie is kept`() async throws {
      let heads = Mutex<[String]>([])
      let server = try RawServer { connection in
        for _ in 0..<2 {
          let head = connection.hearHead()
          heads.withLock { $0.append(head) }
          connection.say("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
        }
      }
      for _ in 0..<2 { _ = try await client.send(.to(server.port)) }
      #expect(heads.withLock { $0 }.count { $0.contains("GET / HTTP/1.1") && !$0.contains("Cookie") } == 2)
    }

    // MARK: Connections

    @Test func `what may arrive twice goes over a connection that is there, all else over its own`() async throws {
      let connections = Mutex<[[String]]>([])
      let server = try RawServer { connection in
        let number = connections.withLock {
          $0.append([]); return $0.count - 1
        }
        while case let head = connection.hearHead(), !head.isEmpty {
          connections.withLock { $0[number].append(String(head.prefix { $0 != " " })) }
          connection.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
      for method in ["GET", "PUT", "POST", "GET", "POST", "DELETE"] {
        _ = try await client.send(.to(server.port, method))
      }
      #expect(connections.withLock { $0 } == [["GET", "PUT", "GET", "DELETE"], ["POST"], ["POST"]])
    }

    @Test func `a POST whose connection dies is not sent a second time, and may have arrived`() async throws {
      let heads = Mutex(0)
      let server = try RawServer { connection in
        _ = connection.hearHead()
        heads.withLock { $0 += 1 }
      }
      let error = await client.error(
        of: try .to(server.port, "POST").with { $0.body = .octets(Array("x".utf8)) })
      guard case .lost(_, mayHaveArrived: true) = error else { throw Unexpected(error) }
      #expect(heads.withLock { $0 } == 1)
    }

    @Test func `an answer that breaks off is none`() async throws {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      }
      let error = await client.error(of: try .to(server.port))
      guard case .lost(_, mayHaveArrived: true) = error else { throw Unexpected(error) }
    }

    @Test func `a server that is not there is not reached`() async throws {
      let error = await client.error(of: try .to(Ports.unused()))
      guard case .unreachable(let words) = error else { throw Unexpected(error) }
      #expect(words.contains("localhost"))
    }

    @Test func `what is no HTTP is a broken connection`() async throws {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say("220 mail.example ESMTP\r\n")
      }
      let error = await client.error(of: try .to(server.port))
      guard case .lost(_, mayHaveArrived: true) = error else { throw Unexpected(error) }
    }

    /// What the client makes of `octets`, behind which the connection is closed.
    private func answer(to octets: String) async throws -> HTTPResponse {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say(octets)
      }
      return try await client.send(.to(server.port))
    }
  }
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String

  init(_ error: HTTPError?) { description = error.map { "\($0)" } ?? "an answer, of all things" }
}
