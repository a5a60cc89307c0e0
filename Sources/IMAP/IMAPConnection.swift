// Commands written, responses read: the one place where octets of an IMAP session are written and read.

import Platform
import SMTP
import Sockets
import TLS
import Transport

/// The client's end of one line. Belongs to the task that runs the session.
final class IMAPConnection {
  private let connection: Connection
  private var received = IMAPResponseBuffer()

  init(over connection: Connection) { self.connection = connection }

  func send(_ octets: [UInt8], within time: Duration) async throws(SentFolderError) {
    try await send(octets[...], within: time)
  }

  func send(_ octets: ArraySlice<UInt8>, within time: Duration) async throws(SentFolderError) {
    do {
      try await connection.send(octets, until: .now + time)
    } catch {
      throw Self.loss(error)
    }
  }

  /// The next response, whatever it is.
  func response(until deadline: Instant) async throws(SentFolderError) -> IMAPResponse {
    while true {
      do {
        if let octets = try received.next() { return try IMAPResponse(octets) }
      } catch {
        throw .unreachable(words: "it answered with something that is not IMAP")
      }
      try await receive(until: deadline)
    }
  }

  private func receive(until deadline: Instant) async throws(SentFolderError) {
    let octets: Void?
    do {
      octets = try await connection.receive(until: deadline) { received.append($0) }
    } catch {
      throw Self.loss(error)
    }
    if octets == nil { throw .unreachable(words: "it has closed the connection") }
  }

  /// - Throws: also where octets wait that nobody has protected.
  func startTLS(_ context: TLSContext, verifying host: String, within time: Duration) async throws(SentFolderError) {
    guard received.isEmpty else { throw .unreachable(words: "it spoke on before the line was encrypted") }
    do {
      try await connection.startTLS(context, verifying: host, until: .now + time)
    } catch .lost(.cancelled) {
      throw .cancelled
    } catch {
      throw .unreachable(words: "the line could not be encrypted: \(error)")
    }
  }

  /// The line does not leave this machine.
  var isLoopback: Bool { isLoopbackAddress(connection.peer.host) }

  func close() { connection.close() }

  /// Closes when the server has, or after `time`.
  func finish(within time: Duration) async { await connection.finish(until: .now + time) }

  /// Waits in `body` end as cancelled when the task is.
  func whileCancellable<Result>(
    _ body: () async throws(SentFolderError) -> Result
  ) async throws(SentFolderError) -> Result {
    try await connection.whileCancellable(body)
  }

  private static func loss(_ error: ConnectionError) -> SentFolderError {
    switch error {
    case .cancelled: .cancelled
    case .timedOut: .unreachable(words: "it did not answer in time")
    default: .unreachable(words: "the connection broke")
    }
  }
}
