// Does with a session what a mailbox's queue does: several messages at once, from one actor on one loop.

import Mailboxes
import Message
import Sockets
import Transport
import TransportSupport

@testable import TransportSMTP

/// Its methods must be called on the loop.
actor TestQueue {
  private let session: SMTPSession
  private var waiting: [PreparedMessage] = []
  private var transmissions: [Int: Transmission] = [:]
  private var next = 0

  init(_ mailbox: Mailbox, on loop: EventLoop) async throws {
    var timeouts = briefly
    // However slow the machine is.
    timeouts.prompt = .seconds(600)
    let transport = SMTPTransport(mailbox, through: .test, timeouts: timeouts, on: loop)
    session = try await transport.openSession { _ in }
  }

  func look(_ body: @Sendable (SMTPSession) -> Void) { body(session) }

  func close() async { await session.close() }

  /// Hands over all of them, whatever the session takes at once.
  func sendTogether(_ messages: [PreparedMessage]) async -> [Transmission] {
    waiting = messages
    await withDiscardingTaskGroup { group in
      for _ in messages { group.addTask { await self.sendNext() } }
    }
    return sorted
  }

  /// Hands over as many as the session takes, and the next ones as those before are concluded.
  func sendAsItTakes(_ messages: [PreparedMessage]) async -> [Transmission] {
    waiting = messages
    await withDiscardingTaskGroup { group in
      for _ in 0..<PipelineWindow.mostMessages { group.addTask { await self.sendWhileThereIsRoom() } }
    }
    return sorted
  }

  private var sorted: [Transmission] { transmissions.sorted { $0.key < $1.key }.map(\.value) }

  private func sendNext() async {
    guard !waiting.isEmpty else { return }
    let (message, number) = (waiting.removeFirst(), next)
    next += 1
    transmissions[number] = await session.send(message, now: noon)
    wake()
  }

  private var sleepers: [CheckedContinuation<Void, Never>] = []

  private func sendWhileThereIsRoom() async {
    while !waiting.isEmpty {
      if session.capacity > 0 { await sendNext() } else { await withCheckedContinuation { sleepers.append($0) } }
    }
  }

  private func wake() {
    for sleeper in sleepers { sleeper.resume() }
    sleepers = []
  }
}

/// Runs `body` on a loop of its own.
func onLoop<Result: Sendable>(_ body: @Sendable (EventLoop) async throws -> Result) async throws -> Result {
  let loop = EventLoop(name: "test")
  loop.start()
  defer { loop.stop() }
  return try await loop.run { try await body(loop) }
}
