// Asks the running relay over its admin socket, for users who may not touch its state.

import Foundation
import Glibc
import Letterhead
import SMTP
import Sockets

struct AdminClient {
  let path: String
  /// Of the relay that is to be asked.
  let stateDirectory: String

  private static let replyLimit = 1 << 20
  /// For the next line of an answer; a step of a connect may wait for a slow server.
  private static let patience = Duration.seconds(300)

  /// - Parameter each: told of every line but the last, as it comes.
  /// - Returns: the last line.
  /// - Throws: `CommandFailure` when there is no relay, or it went away; what `each` throws.
  func ask(_ verb: AdminCall.Verb, each: (AdminReply) throws -> Void) async throws -> AdminReply {
    let loop = EventLoop(name: "admin")
    loop.start()
    defer { loop.stop() }
    return try await loop.run {
      do {
        let connection = try Connection.open(path: path, on: loop)
        defer { connection.close() }
        guard isRelay(connection.peerUser) else { throw CommandFailure(impostor) }
        try await send(AdminCall(verb), over: connection)
        return try await ending(from: connection, each)
      } catch let error as ConnectionError {
        throw CommandFailure(sentence(for: error))
      }
    }
  }

  /// A password goes to whoever listens there: root, or a user to whom the state or the socket's directory belongs. Any
  /// other got in before the relay, where the directory is open to all.
  private func isRelay(_ listener: UInt32?) -> Bool {
    guard let listener else { return false }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return listener == 0 || [stateDirectory, directory].contains { owner(of: $0) == listener }
  }

  private func owner(of path: String) -> UInt32? {
    var found = stat()
    return stat(path, &found) == 0 ? found.st_uid : nil
  }

  private var impostor: String {
    "Another user than the relay's listens on \(path), so it was told nothing. Remove that socket, and put status_file "
      + "into a directory where only the relay may write."
  }

  /// The line may hold a password.
  private func send(_ call: AdminCall, over connection: Connection) async throws {
    var line = try call.line
    defer { line.withUnsafeMutableBytes { octets in octets.baseAddress.map { explicit_bzero($0, octets.count) } } }
    guard line.count <= AdminCall.lineLimit else { throw CommandFailure("\(AdminRefusal.tooLong)") }
    try await connection.send(line, until: .now + .seconds(10))
  }

  private func ending(from connection: Connection, _ each: (AdminReply) throws -> Void) async throws -> AdminReply {
    var buffer = LineBuffer()
    while true {
      while let line = buffer.nextLine(limit: Self.replyLimit) {
        guard case .octets(let octets) = line, let reply = try? AdminReply(line: Data(octets)) else {
          throw CommandFailure("\(AdminRefusal.notACall)")
        }
        if reply.isLast { return reply }
        try each(reply)
      }
      let count = try await connection.receive(until: .now + Self.patience) { octets in
        buffer.append(octets)
        return octets.count
      }
      guard count != nil else { throw ConnectionError.reset }
    }
  }

  private func sentence(for error: ConnectionError) -> String {
    switch error {
    case .failed(ENOENT), .failed(ECONNREFUSED):
      "The relay is not running, and only root and its own user may work on its state without it. Start it, or run "
        + "this command as root."
    case .failed(EACCES):
      "This user may not reach the relay's socket \(path). Let everybody enter its directory, or run this command as root."
    case .failed(let code): "The relay's socket \(path) cannot be used: \(String(cString: strerror(code)))."
    default: "The relay went away before it had answered. Look into its log, and try again."
    }
  }
}
