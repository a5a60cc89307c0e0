// Asks the running relay over its admin socket.

import Access
import Control
import Foundation
import Glibc
import Letterhead
import Mailboxes
import Platform
import SMTP
import Sockets
import Spool
import StorageSQLite

struct RelaySocket {
  private let path: String
  private let stateDirectory: String
  /// Without links; `nil` for the usual one.
  private let namedConfiguration: String?
  /// The process that keeps the state to itself, as this user sees it; `nil` where this user may not look.
  private var owner: SpoolOwner?
  private let loop = EventLoop(name: "admin")

  /// The relay's own words are longest for a message with thousands of recipients.
  private static let replyLimit = 16 << 20
  /// For the next line of an answer: a step of a test may wait for a slow server, and a million messages take a while.
  private static let timeout = Duration.seconds(1800)
  /// A relay opens its socket this soon after it has taken its state.
  private static let startTime = Duration.seconds(3)

  init(of configuration: Configuration, ownedBy owner: SpoolOwner?) {
    path = AdminServer.path(for: configuration)
    stateDirectory = configuration.stateDirectory
    namedConfiguration = configuration.namedFile.map { RealPath.of($0) ?? $0 }
    self.owner = owner
    loop.start()
  }

  /// Whether a relay may be asked that has these places: one that owns the state, or, for who may not look, any that has
  /// left a socket there.
  static func mayAnswer(at places: RelayPlaces) -> Bool {
    if Privileges.mayOpen(places.stateDirectory) { return SQLiteStorage.spoolOwner(in: places.stateDirectory) != nil }
    let configuration = Configuration(askingAt: places, file: "")
    return access(AdminServer.path(for: configuration), F_OK) == 0
  }

  /// For the process that owns the state. A relay that is just starting answers in a moment, and another command has
  /// ended in a moment: both are waited for.
  ///
  /// - Returns: `nil` when nobody owns the state, or nobody does any more.
  static func ofOwner(_ configuration: Configuration) async throws -> RelaySocket? {
    guard let owner = SQLiteStorage.spoolOwner(in: configuration.stateDirectory) else { return nil }
    var relay = RelaySocket(of: configuration, ownedBy: owner)
    let deadline = Instant.now + startTime
    while await relay.isSilent, .now < deadline {
      try await relay.pause()
      relay.owner = SQLiteStorage.spoolOwner(in: configuration.stateDirectory)
      if relay.owner == nil {
        relay.close()
        return nil
      }
    }
    return relay
  }

  /// Nobody listens.
  private var isSilent: Bool {
    get async {
      await loop.run {
        do throws(ConnectionError) {
          try Connection.open(path: path, on: loop).close()
          return false
        } catch {
          return error.meansAbsence
        }
      }
    }
  }

  private func pause() async throws {
    try await loop.run { try await loop.sleep(until: .now + .milliseconds(50)) }
  }

  /// Ends the thread that asks.
  func close() { loop.stop() }

  /// - Parameter each: told of every line but the last, as it comes.
  /// - Returns: the last line.
  /// - Throws: `CommandFailure` when there is no relay, or it went away; what `each` throws.
  func ask(_ call: ControlCall, each: (ControlReply) throws -> Void) async throws -> ControlReply {
    try await loop.run {
      do {
        let connection = try await open()
        defer { connection.close() }
        guard isRelay(connection.peerUser) else { throw CommandFailure(impostor) }
        try await send(call, over: connection)
        return try await ending(from: connection, each)
      } catch let error as ConnectionError {
        throw CommandFailure(sentence(for: error))
      }
    }
  }

  /// Waits a moment for a relay that is just starting, or that many ask at once.
  private func open() async throws -> Connection {
    let deadline = Instant.now + Self.startTime
    while true {
      do throws(ConnectionError) {
        return try Connection.open(path: path, on: loop)
      } catch {
        let isBusy = error == .failed(EAGAIN)
        let mayStart = owner != nil && error.meansAbsence
        guard isBusy || mayStart, .now < deadline else { throw error }
      }
      try await loop.sleep(until: .now + .milliseconds(50))
    }
  }

  /// A password goes to whoever listens there: root, or a user to whom the state or the socket's directory belongs. Any
  /// other got in before the relay, where the directory is open to all.
  private func isRelay(_ listener: UInt32?) -> Bool {
    guard let listener else { return false }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return listener == 0 || [stateDirectory, directory].contains { Self.owner(of: $0) == listener }
  }

  private static func owner(of path: String) -> UInt32? {
    var found = stat()
    return stat(path, &found) == 0 ? found.st_uid : nil
  }

  /// The line may hold a password.
  private func send(_ call: ControlCall, over connection: Connection) async throws {
    let frame = ControlFrame(
      call, name: Principal.ofThisProcess.requester.name, state: FileIdentity(ofFileAt: stateDirectory),
      configuration: namedConfiguration)
    var line = try frame.line
    defer { line.withUnsafeMutableBytes { octets in octets.baseAddress.map { explicit_bzero($0, octets.count) } } }
    guard line.count <= ControlFrame.lineLimit else {
      throw CommandFailure("\(ControlRefusal.tooLong(limit: ControlFrame.lineLimit))")
    }
    do {
      try await connection.send(line, until: .now + .seconds(10))
    } catch ConnectionError.reset {
      // The relay had enough of it; what it said may still be read.
    }
  }

  private func ending(from connection: Connection, _ each: (ControlReply) throws -> Void) async throws -> ControlReply {
    var buffer = LineBuffer()
    while true {
      while let line = buffer.nextLine(limit: Self.replyLimit) {
        guard case .octets(let octets) = line, let reply = try? ControlReply(line: Data(octets)) else {
          throw CommandFailure("\(ControlRefusal.notACall)")
        }
        if reply.isLast { return reply }
        try each(reply)
      }
      let count = try await connection.receive(until: .now + Self.timeout) { octets in
        buffer.append(octets)
        return octets.count
      }
      guard count != nil else { throw ConnectionError.reset }
    }
  }

  // MARK: Sentences

  private var impostor: String {
    "Another user than the relay's listens on \(path), so it was told nothing. Remove that socket, and put status_file "
      + "into a directory where only the relay may write."
  }

  private func sentence(for error: ConnectionError) -> String {
    switch error {
    case let error where error.meansAbsence: owner.map(silence) ?? absence
    case .failed(EACCES):
      "This user may not reach the relay's socket \(path). Let everybody enter its directory, or run this command as root."
    case .failed(let code): "The relay's socket \(path) cannot be used: \(String(cString: strerror(code)))."
    default: "The relay went away before it had answered. Look into its log, and try again."
    }
  }

  private var absence: String {
    "The relay is not running, and only root and its own user may work on its state without it. Start it, or run "
      + "this command as root."
  }

  private func silence(of owner: SpoolOwner) -> String {
    "\(owner.pid.map { "Process \($0)" } ?? "Another process") works on \(stateDirectory), but nobody answers at "
      + "\(path). If the relay is just starting or stopping, or another command is at work, try again in a moment; "
      + "else look into the relay's log."
  }
}

extension ConnectionError {
  /// Nobody has opened the socket, or whoever had is gone.
  fileprivate var meansAbsence: Bool { self == .failed(ENOENT) || self == .failed(ECONNREFUSED) }
}
