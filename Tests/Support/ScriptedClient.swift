// A client on loopback that knows one conversation by heart.

internal import Foundation
package import Sockets
internal import Platform

package enum ScriptedClient {
  /// Connects and plays the client's side to its end, then hangs up.
  ///
  /// - Parameters:
  ///   - body: what `C: (body)` sends: CRLF lines, dots not yet stuffed.
  ///   - cut: how its words reach the server.
  /// - Returns: what was heard.
  /// - Throws: `Divergence` at the first line that is not as written, and when the server says more than was written.
  @discardableResult
  package static func play(
    _ script: String, to endpoint: Endpoint, body: [UInt8] = Array("Subject: a test\r\n\r\nOne line.\r\n".utf8),
    cut: Pieces = .whole, patience: Duration = .seconds(60)
  ) async throws -> Conversation {
    let transcript = try Transcript(script)
    return try await BlockingThread {
      let socket = try connect(to: endpoint, patience: patience)
      defer { socket.close() }
      let performance = Performance(transcript: transcript, side: .client, cut: cut, certificate: nil, body: body)
      let conversation = try performance.play(over: socket)
      if !socket.isClosed, socket.hasMore(within: 50), let line = try? socket.line() {
        throw Divergence(from: transcript, at: transcript.steps.count, instead: "heard: \(readable(line))")
      }
      return conversation
    }.value
  }

  /// Plays each script, and runs `body` while all these clients stay connected behind the end of their script. Then each
  /// plays `afterwards`.
  package static func holding(
    _ scripts: [String], at endpoint: Endpoint, afterwards: String = "", _ body: () async throws -> Void
  ) async throws {
    let ending = try Transcript(afterwards)
    let end = Monitor(false)
    let (played, playing) = AsyncThrowingStream.makeStream(of: Void.self, throwing: (any Error).self)
    let clients = try scripts.map { script -> BlockingThread<Void> in
      let transcript = try Transcript(script)
      return BlockingThread {
        do {
          let socket = try connect(to: endpoint, patience: .seconds(60))
          let performance = Performance(
            transcript: transcript, side: .client, cut: .whole, certificate: nil, body: [])
          _ = try performance.play(over: socket)
          playing.yield()
          end.wait(upTo: nil, while: { !$0 }) { _ in }
          let last = Performance(transcript: ending, side: .client, cut: .whole, certificate: nil, body: [])
          defer { socket.close() }
          _ = try last.play(over: socket)
        } catch {
          playing.finish(throwing: error)
          throw error
        }
      }
    }
    let outcome: Result<Void, any Error>
    do {
      var arrivals = played.makeAsyncIterator()
      for _ in scripts { _ = try await arrivals.next() }
      outcome = .success(try await body())
    } catch { outcome = .failure(error) }
    end.withLock { $0 = true }
    end.broadcast()
    for client in clients { try await client.value }
    try outcome.get()
  }

  private static func connect(to endpoint: Endpoint, patience: Duration) throws -> BlockingSocket {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(endpoint.host, String(endpoint.port), &hints, &found) == 0, let address = found else {
      throw Divergence("\(endpoint) is no address")
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let socket = BlockingSocket(adopting: descriptor, patience: patience)
    guard Foundation.connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
      throw Divergence("cannot connect to \(endpoint): \(String(cString: strerror(errno)))")
    }
    return socket
  }
}
