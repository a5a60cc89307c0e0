// The admin socket: beside the status file, open to every user of this host. Who is asking is what the kernel says.

import Foundation
package import Logging
package import Sockets
import Synchronization

/// Serves one socket until it is closed.
package final class AdminServer: Sendable {
  package struct Limits: Sendable {
    package var connections = 32
    package var connectionsOfOneUser = 5
    /// For the whole line that asks.
    package var asking = Duration.seconds(10)
    /// For the caller to take one line of the answer.
    package var listening = Duration.seconds(10)

    package init() {}
  }

  private let desk: AdminDesk
  private let configuration: @Sendable () -> Configuration
  private let users = AdminUsers()
  private let listener: Listener
  private let limits: Limits
  private let log: Logger
  private let inside = Mutex<[UInt32: Int]>([:])

  /// Binds; the socket is open to everybody, because its mode decides nothing.
  package init(
    path: String, desk: AdminDesk, configuration: @escaping @Sendable () -> Configuration, limits: Limits = Limits(),
    log: Logger
  ) throws(ListenError) {
    self.desk = desk
    self.configuration = configuration
    self.limits = limits
    self.log = log
    listener = try Listener(path: path, mode: 0o666)
  }

  /// Where the relay with this configuration listens.
  package static func path(for configuration: Configuration) -> String {
    URL(fileURLWithPath: configuration.statusFile).deletingLastPathComponent().appending(path: "admin.sock").path
  }

  /// Call within a task of `loop`. Returns when it is closed or the task cancelled, and the last caller has gone.
  package func run(on loop: EventLoop) async {
    await withDiscardingTaskGroup { group in
      do throws(ConnectionError) {
        while true {
          let connection = try await listener.accept(on: loop)
          group.addTask { await self.serve(connection) }
        }
      } catch {
        // Whoever is in the middle of something hears no answer; the store has all of it or nothing.
        group.cancelAll()
      }
    }
  }

  /// From any thread. Ends whoever is inside.
  package func close() { listener.close() }

  private func serve(_ connection: Connection) async {
    guard let uid = connection.peerUser else { return connection.close() }
    let hasEntered = enter(uid)
    do {
      try await connection.whileCancellable {
        if hasEntered {
          try await converse(over: connection, uid)
        } else {
          try await say(.refused("\(AdminRefusal.busy)"), over: connection)
        }
      }
    } catch {
      log.debug("an admin connection ended early", metadata: ["uid": "\(uid)", "reason": "\(error)"])
    }
    if hasEntered { leave(uid) }
    await connection.finish(until: .now + .seconds(1))
  }

  private func converse(over connection: Connection, _ uid: UInt32) async throws {
    let asked: AdminCall
    do {
      asked = try await call(from: connection)
    } catch let refusal as AdminRefusal {
      return try await say(.refused("\(refusal)"), over: connection)
    }
    let caller = await users.caller(uid, under: configuration().admin)
    try await desk.answer(asked, from: caller) { try await self.say($0, over: connection) }
  }

  private func call(from connection: Connection) async throws -> AdminCall {
    let line = WipedLine(limit: AdminCall.lineLimit)
    let deadline = Instant.now + limits.asking
    while true {
      guard let state = try await connection.receive(until: deadline, line.take) else { throw ConnectionError.reset }
      switch state {
      case .incomplete: continue
      case .tooLong: throw AdminRefusal.tooLong
      case .complete:
        // What the decoder says may quote a secret.
        guard let call = try? line.withData({ try AdminCall(line: $0) }) else { throw AdminRefusal.notACall }
        return call
      }
    }
  }

  private func say(_ reply: AdminReply, over connection: Connection) async throws {
    try await connection.send(try reply.line, until: .now + limits.listening)
  }

  private func enter(_ uid: UInt32) -> Bool {
    inside.withLock { inside in
      let mine = inside[uid, default: 0]
      guard mine < limits.connectionsOfOneUser, inside.values.reduce(0, +) < limits.connections else { return false }
      inside[uid] = mine + 1
      return true
    }
  }

  private func leave(_ uid: UInt32) {
    inside.withLock { inside in
      let mine = inside[uid, default: 1] - 1
      inside[uid] = mine > 0 ? mine : nil
    }
  }
}
