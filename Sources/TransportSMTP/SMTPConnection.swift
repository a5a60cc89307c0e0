// Commands written together and, later, their replies: the one place where octets of a session are read and written.
// Replies come in the order of the commands; which reply belongs to which command is for the caller to know.

import Diagnosis
import SMTP
import Sockets
import Platform
import TLS

/// The client's end of one line. Belongs to the task that runs the session.
final class SMTPConnection {
  private let connection: Connection
  private let timeouts: Timeouts
  private var received = LineBuffer()
  private var replies = ReplyParser()
  /// Commands and parts of a message that are not written yet.
  private var output: [UInt8] = []

  init(over connection: Connection, timeouts: Timeouts) {
    self.connection = connection
    self.timeouts = timeouts
  }

  /// This end, numeric.
  var localHost: String { connection.local.host }

  // MARK: Writing

  /// The caller has made sure that there is no line end in the command.
  func enqueue(_ command: String) {
    output.append(contentsOf: command.utf8)
    output.append(contentsOf: [0x0D, 0x0A])
  }

  /// Enqueues part of a message.
  func enqueue(octets: some Sequence<UInt8>) { output.append(contentsOf: octets) }

  /// Lets an encoder write straight into the output.
  func enqueue(_ write: (inout [UInt8]) -> Void) { write(&output) }

  /// When the end of the latest message was written that went alone.
  private(set) var endWritten: ContinuousClock.Instant?

  /// Octets that are enqueued and not written.
  var enqueuedOctets: Int { output.count }

  /// Writes what has been enqueued since the last time. Nobody else may be reading replies.
  ///
  /// - Parameter bodySent: the end of a message is in it: if the line breaks now, the message may have arrived.
  func flush(_ phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) {
    guard !output.isEmpty else { return }
    defer { clearOutput() }
    do {
      try await connection.send(output, until: .now + timeouts.block)
      if bodySent { endWritten = .now }
    } catch {
      if error == .reset || error == .closed, let reply = await lastWords(phase) { throw .answered(reply, phase) }
      throw Self.loss(error, phase, bodySent: bodySent)
    }
  }

  /// A server that hangs up in the middle has mostly said why.
  private func lastWords(_ phase: ConversationPhase) async -> Reply? {
    while true {
      do {
        while let reply = try replies.parse(from: &received) {
          if reply.code >= 400 { return reply }
        }
        try await receive(phase, until: .now + .seconds(1), bodySent: false)
      } catch {
        return nil
      }
    }
  }

  /// Writes what has been enqueued while another task may be reading replies. If it throws, not all octets have been
  /// written; what the server said before is left to the task that reads.
  func flushWhileReading() async throws(TransportError) {
    defer { clearOutput() }
    do {
      try await connection.send(output, until: .now + timeouts.block)
    } catch {
      throw Self.loss(error, .body, bodySent: false)
    }
  }

  private func clearOutput() {
    output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity)
  }

  private static let keptCapacity = 256 << 10

  // MARK: Reading

  /// The reply to the oldest command that has none yet.
  func readReply(in phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) -> Reply {
    let deadline = ContinuousClock.now + timeouts.time(for: phase)
    while true {
      do {
        if let reply = try replies.parse(from: &received) { return reply }
      } catch {
        // Whatever it is, it does not say that the message was not taken.
        throw bodySent ? .lost(phase, timedOut: false, bodySent: true) : .nonsense(phase)
      }
      try await receive(phase, until: deadline, bodySent: bodySent)
    }
  }

  /// The first line of all, however it reads.
  func firstOctets() async throws(TransportError) -> [UInt8] {
    let deadline = ContinuousClock.now + timeouts.greeting
    if received.isEmpty { try await receive(.greeting, until: deadline, bodySent: false) }
    var octets: [UInt8] = []
    received.drain { waiting in
      octets = Array(waiting.prefix(200))
      return 0
    }
    return octets
  }

  /// Writes one command and reads its reply.
  func ask(_ command: String, in phase: ConversationPhase) async throws(TransportError) -> Reply {
    enqueue(command)
    try await flush(phase)
    return try await readReply(in: phase)
  }

  /// Octets that answer no command wait to be read.
  var isAhead: Bool { !received.isEmpty }

  /// The server has hung up, or has said something unasked (as a 421 before it does), while the line was idle.
  func hasGone() async -> Bool {
    if isAhead { return true }
    do {
      try await receive(.mail, until: .now, bodySent: false)
      return true
    } catch .lost(_, timedOut: true, _) {
      return false
    } catch {
      return true
    }
  }

  private func receive(
    _ phase: ConversationPhase, until deadline: ContinuousClock.Instant, bodySent: Bool
  ) async throws(TransportError) {
    let octets: Void?
    do {
      octets = try await connection.receive(until: deadline) { received.append($0) }
    } catch {
      throw Self.loss(error, phase, bodySent: bodySent)
    }
    if octets == nil { throw .lost(phase, timedOut: false, bodySent: bodySent) }
  }

  // MARK: The line itself

  func startTLS(_ context: TLSContext, verifying host: String) async throws(TransportError) -> TLSDetails {
    do {
      return try await connection.startTLS(context, verifying: host, until: .now + timeouts.tls)
    } catch {
      throw .tls(TLSFailure(error))
    }
  }

  func close() { connection.close() }

  /// Closes when the server has, or after `time`.
  func finish(within time: Duration) async { await connection.finish(until: .now + time) }

  /// The line does not leave this machine.
  var isLoopback: Bool { isLoopbackAddress(connection.peer.host) }

  var loop: EventLoop { connection.loop }

  /// Ends every wait, present and future.
  func interrupt() { connection.interrupter.interrupt() }

  /// Waits in `body` end as cancelled when the task is.
  func whileCancellable<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await connection.whileCancellable(body)
  }

  private static func loss(_ error: ConnectionError, _ phase: ConversationPhase, bodySent: Bool) -> TransportError {
    switch error {
    case .cancelled: bodySent ? .lost(phase, timedOut: false, bodySent: true) : .cancelled
    case .timedOut: .lost(phase, timedOut: true, bodySent: bodySent)
    default: .lost(phase, timedOut: false, bodySent: bodySent)
    }
  }
}
