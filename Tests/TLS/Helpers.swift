// What the tests of this module share: a loop for one test, a connected pair, both handshakes at once.
import Foundation
import Support
import Testing

@testable import Sockets
@testable import TLS

func onLoop(_ body: (EventLoop) async throws -> Void) async throws {
  let loop = EventLoop(name: "test loop")
  loop.start()
  defer { loop.stop() }
  try await loop.run { try await body(loop) }
}

func soon(_ seconds: Double = 50) -> Instant { .now + .seconds(seconds) }

func text(of file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

func authority() throws -> String { try text(of: TestCertificate.authorityFile) }

func serverContext(_ certificate: TestCertificate = .good) throws -> TLSContext {
  try .server(certificateFile: certificate.chainFile, keyFile: certificate.keyFile)
}

// In these tests both ends of a connection are used by child tasks of one loop, that is: on one thread.
extension Connection: @unchecked Sendable {}

/// Both ends of one connection over loopback.
func pair(on loop: EventLoop) async throws -> (near: Connection, far: Connection) {
  let listener = try Listener(address: "127.0.0.1:0")
  let near = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
  return (near, try await listener.accept(on: loop))
}

/// Serves one connection after another with `serve`, until the listener is interrupted.
func listen(
  on loop: EventLoop, _ serve: @escaping @Sendable (Connection) async throws -> Void
) throws -> (Listener, Task<Void, Never>) {
  let listener = try Listener(address: "127.0.0.1:0")
  let task = loop.start {
    await withDiscardingTaskGroup { group in
      do {
        while true {
          let connection = try await listener.accept(on: loop)
          group.addTask {
            try? await serve(connection)
            connection.close()
          }
        }
      } catch {}
    }
  }
  return (listener, task)
}

/// Serves TLS and sends back what comes.
func echo(_ context: TLSContext) -> @Sendable (Connection) async throws -> Void {
  { connection in
    try await connection.startTLS(asServer: context, until: soon())
    while let octets = try await connection.receive(until: soon(), { Array($0) }) {
      try await connection.send(octets, until: soon())
    }
  }
}

extension Connection {
  func collect(_ count: Int = .max, until deadline: Instant = soon()) async throws(ConnectionError) -> [UInt8] {
    var collected: [UInt8] = []
    while collected.count < count {
      guard let piece = try await receive(until: deadline, { Array($0) }) else { break }
      collected += piece
    }
    return collected
  }
}
