// A server on loopback that knows one conversation by heart and notices every word that is not in it.

internal import Foundation
package import Sockets
internal import Synchronization

/// Plays the server's side of one transcript for each connection, in the order in which they come.
///
///     let peer = try ScriptedPeer("""
///       S: 220 ready
///       C: EHLO relay.example
///       …
///       """)
///     … the code under test connects to peer.endpoint …
///     let conversations = try await peer.finish()
///
/// After its script a connection may still say QUIT, which is answered, or hang up; anything else is a divergence,
/// and so is a connection nobody wrote a script for.
package final class ScriptedPeer: Sendable {
  package let endpoint: Endpoint
  private let play: BlockingThread<[Conversation]>
  private let finishing: Flag

  /// - Parameters:
  ///   - path: of a unix socket to make, in place of a port.
  ///   - cut: how its words reach the client.
  ///   - certificate: for `(starts TLS)`.
  ///   - patience: how long one expected line may take, and how long `finish` waits for a connection.
  package convenience init(
    _ scripts: String..., at path: String? = nil, cut: Pieces = .whole, certificate: TestCertificate? = .good,
    patience: Duration = .seconds(60)
  ) throws {
    try self.init(scripts: scripts, at: path, cut: cut, certificate: certificate, patience: patience)
  }

  package init(
    scripts: [String], at path: String? = nil, cut: Pieces = .whole, certificate: TestCertificate? = .good,
    patience: Duration = .seconds(60)
  ) throws {
    let transcripts = try scripts.map { script throws(TranscriptError) in try Transcript(script) }
    let listener = try path.map { try LoopbackListener(path: $0) } ?? LoopbackListener()
    endpoint = listener.endpoint
    let finishing = Flag()
    self.finishing = finishing
    play = BlockingThread {
      try Self.serve(listener, transcripts, finishing, patience) { connection in
        Performance(
          transcript: transcripts[connection], side: .server, cut: cut, certificate: certificate,
          connection: connection + 1)
      }
    }
  }

  deinit { finishing.raise() }

  /// Waits until every script has been played to its end.
  ///
  /// - Returns: what was heard, one conversation a connection.
  /// - Throws: the first `Divergence`.
  package func finish() async throws -> [Conversation] {
    finishing.raise()
    return try await play.value
  }

  private static func serve(
    _ listener: LoopbackListener, _ transcripts: [Transcript], _ finishing: Flag, _ patience: Duration,
    performance: (Int) -> Performance
  ) throws -> [Conversation] {
    let ends = Mutex<[Int: Result<Conversation, any Error>]>([:])
    var connections = 0
    var deadline: ContinuousClock.Instant?
    while true {
      if let socket = listener.accept(within: 50, patience: patience) {
        guard connections < transcripts.count else {
          throw Divergence("connection \(connections + 1) was not expected")
        }
        perform(performance(connections), over: Handover(socket), until: finishing) { [number = connections] result in
          ends.withLock { $0[number] = result }
        }
        connections += 1
        continue
      }
      let ended = ends.withLock { $0 }
      if ended.count == transcripts.count || ended.values.contains(where: { (try? $0.get()) == nil }),
        finishing.isRaised
      {
        return try ended.sorted { $0.key < $1.key }.map { try $0.value.get() }
      }
      if finishing.isRaised, connections < transcripts.count {
        deadline = deadline ?? .now + patience
        if let deadline, deadline < .now {
          throw Divergence("\(transcripts.count) connections were written down, and only \(connections) came")
        }
      }
    }
  }

  private static func perform(
    _ performance: Performance, over handover: Handover, until finishing: Flag,
    end: @escaping @Sendable (Result<Conversation, any Error>) -> Void
  ) {
    _ = BlockingThread {
      let socket = handover.socket
      end(
        Result {
          let conversation = try performance.play(over: socket)
          try hearNothingBut(quit: performance, over: socket, until: finishing)
          return conversation
        })
      socket.close()
    }
  }

  private static func hearNothingBut(quit performance: Performance, over socket: BlockingSocket, until finishing: Flag)
    throws
  {
    while !socket.isClosed {
      guard socket.hasMore(within: 50) else {
        if finishing.isRaised { return }
        continue
      }
      guard let line = try? socket.line() else { return }
      guard line == Array("QUIT\r\n".utf8) else {
        throw Divergence(
          from: performance.transcript, at: performance.transcript.steps.count, instead: "heard: \(readable(line))",
          connection: performance.connection)
      }
      try? socket.write(Array("221 2.0.0 Bye\r\n".utf8), cut: .whole)
    }
  }
}

/// Carries a socket to the one thread that will use it.
///
/// Unchecked: BlockingSocket is not Sendable, and the accepting thread never touches it after handing it over.
private struct Handover: @unchecked Sendable {
  let socket: BlockingSocket

  init(_ socket: BlockingSocket) { self.socket = socket }
}

/// Raised once, by anyone, for good.
final class Flag: Sendable {
  private let raised = Mutex(false)

  var isRaised: Bool { raised.withLock { $0 } }

  func raise() { raised.withLock { $0 = true } }
}
