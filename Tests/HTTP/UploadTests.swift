// A request's body in pieces, at the speed at which the server takes them.

import Foundation
import Sockets
import Support
import Synchronization
import Testing

@testable import HTTP

extension HTTP {
  @Suite struct UploadTests {
    private let client = HTTPClient()

    @Test func `a part of a file goes up with its range, as an upload session wants it`() async throws {
      let server = try ScriptedPeer(
        """
        C: PUT /upload HTTP/1.1
        C: Host: *
        C: User-Agent: letterhead
        C: Accept: */*
        C: Content-Range: bytes 0-10/100
        C: Content-Length: 11
        C:
        C> "hello world"
        S: HTTP/1.1 202 Accepted
        S: Content-Length: 0
        S:
        C: (closes)
        """)
      let pieces = PieceSource(["hello", "", " ", "world"])
      let request = try upload(to: server.endpoint.port, pieces, length: 11).with {
        $0.fields = [("Content-Range", "bytes 0-10/100")]
      }
      #expect(try await client.send(request).status == 202)
      client.close()
      _ = try await server.finish()
    }

    @Test func `a body of unknown length goes up in chunks`() async throws {
      let server = try ScriptedPeer(
        """
        C: POST /upload HTTP/1.1
        C: Host: *
        C: User-Agent: letterhead
        C: Accept: */*
        C: Transfer-Encoding: chunked
        C:
        C: 5
        C: hello
        C: 6
        C:  world
        C: 0
        C:
        S: HTTP/1.1 200 OK
        S: Content-Length: 0
        S:
        """)
      let request = try upload(to: server.endpoint.port, PieceSource(["hello", " world"]), length: nil, method: "POST")
      #expect(try await client.send(request).status == 200)
      client.close()
      _ = try await server.finish()
    }

    @Test func `pieces are asked for as the server takes them, and no sooner`() async throws {
      let piece = [UInt8](repeating: 1, count: 1 << 20)
      let total = 256
      let asked = Mutex(0)
      let heard = Atomic(0)
      let server = try RawServer { connection in
        _ = connection.hearHead()
        while heard.load(ordering: .relaxed) < total << 20 {
          let octets = connection.hear()
          if octets.isEmpty { return }
          heard.add(octets.count, ordering: .relaxed)
        }
        connection.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
      let most = Mutex(0)
      let request = try HTTPRequest.to(server.port, "PUT", within: .seconds(300)).with {
        $0.body = .pieces(length: Int64(total << 20)) {
          let number = asked.withLock { asked in
            asked += 1
            return asked
          }
          let ahead = number << 20 - heard.load(ordering: .relaxed)
          most.withLock { $0 = max($0, ahead) }
          return piece
        }
      }
      #expect(try await client.send(request).status == 200)
      #expect(asked.withLock { $0 } == total)
      // The piece itself, and what the kernel's buffers of both ends take.
      #expect(most.withLock { $0 } < 32 << 20)
    }

    @Test func `an answer that comes before the body's end ends the upload`() async throws {
      let server = try RawServer { connection in
        _ = connection.hearHead()
        connection.say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.hearEnd()
      }
      let request = try HTTPRequest.to(server.port, "PUT").with {
        $0.body = .pieces(length: 1 << 40) { [UInt8](repeating: 0, count: 1000) }
      }
      #expect(try await client.send(request).status == 413)
    }

    // MARK: A body that does not come

    @Test(arguments: [(["four"], 5), (["four", "four"], 5)] as [([String], Int64)])
    func `pieces that are not as long together as was said end the request`(pieces: [String], length: Int64)
      async throws
    {
      let server = try RawServer { $0.hearEnd() }
      let error = await client.error(of: try upload(to: server.port, PieceSource(pieces), length: length))
      guard case .noBody = error else { throw Unexpected(error) }
    }

    @Test func `pieces that end with an error end the request`() async throws {
      let server = try RawServer { $0.hearEnd() }
      let request = try HTTPRequest.to(server.port, "PUT").with {
        $0.body = .pieces(length: 10) { throw POSIXError(.EIO) }
      }
      let error = await client.error(of: request)
      guard case .noBody(let words) = error else { throw Unexpected(error) }
      #expect(!words.isEmpty)
    }

    @Test func `a cancelled upload stops waiting for its next piece`() async throws {
      let server = try RawServer { $0.hearEnd() }
      let isAsked = Mutex(false)
      let request = try HTTPRequest.to(server.port, "PUT", within: .seconds(3600)).with {
        $0.body = .pieces(length: 10) {
          isAsked.withLock { $0 = true }
          try await Task.sleep(for: .seconds(3600))
          return nil
        }
      }
      let asking = Task { [client] in await client.error(of: request) }
      try await until("the question for a piece") { isAsked.withLock { $0 } }
      asking.cancel()
      #expect(await asking.value == .cancelled(mayHaveArrived: false))
    }

    private func upload(
      to port: UInt16, _ pieces: PieceSource, length: Int64?, method: String = "PUT"
    ) throws -> HTTPRequest {
      try .to(port, method, "/upload").with { $0.body = .pieces(length: length) { pieces.next } }
    }

    private final class PieceSource: Sendable {
      private let left: Mutex<[String]>

      init(_ pieces: [String]) { left = Mutex(pieces) }

      var next: [UInt8]? { left.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) } }
    }
  }
}
