// The admin socket: beside the status file, open to every user of this host. Who is asking is what the kernel says.

package import Access
package import Control
import Foundation
package import Logging
import Logs
import Mailboxes
package import Sockets
import Platform
import Synchronization

/// Serves one socket until it is closed.
package final class AdminServer: Sendable {
  private let service: ControlService
  private let administrators: @Sendable () -> Administrators
  private let stateDirectory: String
  private let configuration: String
  private let state: FileIdentity?
  /// Asks the host's user database, which may block.
  private let worker = Worker(name: "users")
  private let groups = ControlGroups(time: SystemTime())
  private let listener: Listener
  private let limits: AdminLimits
  private let log: Logger
  private let places: AdminPlaces

  /// Binds; the socket is open to everybody, because its mode decides nothing.
  ///
  /// - Parameters:
  ///   - administrators: as the configuration names them now.
  ///   - stateDirectory: of the relay. A call that means another one is refused.
  ///   - configuration: the relay's file, absolute. A call that names another one is refused.
  package init(
    path: String, service: ControlService, administrators: @escaping @Sendable () -> Administrators,
    stateDirectory: String, configuration: String, limits: AdminLimits = AdminLimits(), log: Logger
  ) throws(ListenError) {
    self.service = service
    self.administrators = administrators
    self.stateDirectory = stateDirectory
    self.configuration = configuration
    self.limits = limits
    self.log = log
    state = FileIdentity(ofFileAt: stateDirectory)
    places = AdminPlaces(limits, owner: administrators().owner)
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

  /// From any thread. Ends every call that is being answered.
  package func close() { listener.close() }

  // MARK: One caller

  private func serve(_ connection: Connection) async {
    guard let uid = connection.peerUser else { return connection.close() }
    let hasEntered = places.enter(uid)
    do {
      try await connection.whileCancellable {
        if hasEntered {
          try await converse(over: connection, uid)
        } else {
          try await say(.refused("\(ControlRefusal.busy)"), over: connection)
        }
      }
    } catch {
      log.tell(.adminCallEnded, [.uid: "\(uid)", .reason: "\(error)"])
    }
    if hasEntered { places.leave(uid) }
    await connection.finish(until: .now + .seconds(1))
  }

  private func converse(over connection: Connection, _ uid: UInt32) async throws {
    guard await isOnThisHost(connection.kernelPeer()) else {
      return try await say(.refused("\(ControlRefusal.fromContainer)"), over: connection)
    }
    let caller = await caller(uid)
    switch try await frame(from: connection, caller.role) {
    case .failure(let refusal): try await say(.refused("\(refusal)"), over: connection)
    case .success(let frame):
      try await service.answer(frame.call, from: caller.named(frame.name)) { try await self.say($0, over: connection) }
    }
  }

  /// Users in a container are not this host's, root least of all. A relay that is in a container itself answers its own.
  private func isOnThisHost(_ peer: KernelPeer) async -> Bool {
    // A kernel that tells no control groups tells the user; of a process that has ended it tells neither.
    guard let id = peer.cgroup else { return peer.uid != nil }
    switch await groups.finding(id) {
    case .group(let group) where group.isContainer: return group == .ofThisProcess
    case .group, .unnamed, .gone: return true
    }
  }

  private func caller(_ uid: UInt32) async -> Caller {
    await worker.run { [administrators] in
      let accounts = SystemAccounts()
      let principal = Principal.unixUser(uid: uid, name: accounts.name(of: uid) ?? "uid \(uid)")
      return Caller(principal, administrators().role(of: principal, in: accounts))
    }
  }

  /// - Throws: `ConnectionError` when the caller has gone, or says nothing.
  private func frame(
    from connection: Connection, _ role: Role
  ) async throws -> Result<ControlFrame, ControlRefusal> {
    let limit = role == .administrator ? ControlFrame.lineLimit : ControlFrame.memberLineLimit
    let line = WipedLine(limit: limit)
    let deadline = Instant.now + limits.asking
    while true {
      guard let state = try await connection.receive(until: deadline, line.take) else { throw ConnectionError.reset }
      switch state {
      case .incomplete: continue
      case .tooLong: return .failure(.tooLong(limit: limit))
      case .complete: return Result { () throws(ControlRefusal) in try frame(in: line) }
      }
    }
  }

  private func frame(in line: WipedLine) throws(ControlRefusal) -> ControlFrame {
    let frame = try line.withData(ControlFrame.init(line:))
    if let meant = frame.state, let state, meant != state { throw .otherState(stateDirectory) }
    if let named = frame.configuration, named != configuration, named != RealPath.of(configuration) {
      throw .otherConfiguration(configuration, named: named)
    }
    return frame
  }

  private func say(_ reply: ControlReply, over connection: Connection) async throws {
    try await connection.send(try reply.line, until: .now + limits.listening)
  }
}

extension Caller {
  /// Root is believed when it says who is behind it: it could write anything into the audit list anyway.
  fileprivate func named(_ name: String?) -> Caller {
    guard case .unixUser(0, _) = principal, let name = name.flatMap({ PlainText($0, limit: 128) }) else { return self }
    return Caller(.unixUser(uid: 0, name: name.text), role)
  }
}
