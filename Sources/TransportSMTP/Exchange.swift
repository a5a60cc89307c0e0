// A flight of commands and, later, their replies: the one place where pipelining happens. Replies come in the order of
// the commands; who wrote which is the caller's to know.

import SMTP
import Sockets
import TLS

/// The client's end of one line. Belongs to the task that runs the session.
final class Exchange {
  private let connection: Connection
  private let timeouts: Timeouts
  private var received = LineBuffer()
  private var replies = ReplyParser()
  private var flight: [UInt8] = []

  init(over connection: Connection, timeouts: Timeouts) {
    self.connection = connection
    self.timeouts = timeouts
  }

  // MARK: NormalizedReply

  /// Adds one command to the flight. The caller has made sure that there is no line end in it.
  func say(_ command: String) {
    flight.append(contentsOf: command.utf8)
    flight.append(contentsOf: [0x0D, 0x0A])
  }

  /// Adds part of a message to the flight.
  func say(octets: some Sequence<UInt8>) { flight.append(contentsOf: octets) }

  /// Lets an encoder write straight into the flight.
  func say(_ write: (inout [UInt8]) -> Void) { write(&flight) }

  var flightOctets: Int { flight.count }

  /// Writes what has been said since the last time.
  ///
  /// - Parameter bodySent: the end of a message is in the flight: if the line breaks now, it may have arrived.
  func takeOff(_ phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) {
    guard !flight.isEmpty else { return }
    defer { flight.removeAll(keepingCapacity: flight.capacity <= Self.keptCapacity) }
    do {
      try await connection.send(flight, until: .now + timeouts.block)
    } catch {
      if error == .reset || error == .closed, let reply = await lastWords(phase) { throw .answered(reply, phase) }
      throw Self.loss(error, phase, bodySent: bodySent)
    }
  }

  /// A server that hangs up on us in the middle has mostly said why.
  private func lastWords(_ phase: ConversationPhase) async -> Reply? {
    while true {
      do {
        while let reply = try replies.parse(from: &received) {
          if reply.code >= 400 { return reply }
        }
        try await hear(phase, until: .now + .seconds(1), bodySent: false)
      } catch {
        return nil
      }
    }
  }

  /// Writes octets while another task may be hearing replies. If it throws, not all of them have been written; what the
  /// server said before is left to whoever hears.
  func send(_ octets: [UInt8]) async throws(TransportError) {
    do {
      try await connection.send(octets, until: .now + timeouts.block)
    } catch {
      throw Self.loss(error, .body, bodySent: false)
    }
  }

  private static let keptCapacity = 256 << 10

  // MARK: Hearing

  /// The reply to the oldest command that has none yet.
  func reply(in phase: ConversationPhase, bodySent: Bool = false) async throws(TransportError) -> Reply {
    let deadline = ContinuousClock.now + timeouts.time(for: phase)
    while true {
      do {
        if let reply = try replies.parse(from: &received) { return reply }
      } catch {
        throw .nonsense(phase)
      }
      try await hear(phase, until: deadline, bodySent: bodySent)
    }
  }

  /// The first line of all, however it reads.
  func firstOctets() async throws(TransportError) -> [UInt8] {
    let deadline = ContinuousClock.now + timeouts.greeting
    if received.isEmpty { try await hear(.greeting, until: deadline, bodySent: false) }
    var octets: [UInt8] = []
    received.drain { waiting in
      octets = Array(waiting.prefix(200))
      return 0
    }
    return octets
  }

  /// Says and hears one command.
  func ask(_ command: String, in phase: ConversationPhase) async throws(TransportError) -> Reply {
    say(command)
    try await takeOff(phase)
    return try await reply(in: phase)
  }

  /// Octets that nobody asked for wait to be read.
  var isAhead: Bool { !received.isEmpty }

  /// The server has hung up, or has said something unasked (as a 421 before it does), while the line was idle.
  func hasGone() async -> Bool {
    if isAhead { return true }
    do {
      try await hear(.mail, until: .now, bodySent: false)
      return true
    } catch .lost(_, timedOut: true, _) {
      return false
    } catch {
      return true
    }
  }

  private func hear(_ phase: ConversationPhase, until deadline: ContinuousClock.Instant, bodySent: Bool) async throws(TransportError)
  {
    let heard: Void?
    do {
      heard = try await connection.receive(until: deadline) { received.append($0) }
    } catch {
      throw Self.loss(error, phase, bodySent: bodySent)
    }
    if heard == nil { throw .lost(phase, timedOut: false, bodySent: bodySent) }
  }

  // MARK: The line itself

  func startTLS(_ context: TLSContext, verifying host: String) async throws(TransportError) -> TLSDetails {
    do {
      return try await connection.startTLS(context, verifying: host, until: .now + timeouts.tls)
    } catch {
      throw .tls(error)
    }
  }

  func close() { connection.close() }

  /// Closes when the server has, or after `time`.
  func finish(within time: Duration) async { await connection.finish(until: .now + time) }

  /// The line does not leave this machine.
  var isLoopback: Bool { isLoopbackAddress(connection.peer.host) }

  var interrupter: Interrupter { connection.interrupter }

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
