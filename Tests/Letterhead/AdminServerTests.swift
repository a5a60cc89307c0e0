// The admin socket against callers of other users, and against those who mean no good.

import Access
import Control
import Foundation
import Logging
import Mailboxes
import SMTP
import Sockets
import StorageSQLite
import StorageSQLite
import Support
import Testing

@testable import Letterhead

@Suite(.serialized, .timeLimit(.minutes(1))) struct AdminServerTests {
  private let directory: TemporaryDirectory
  private let loop = EventLoop(name: "admin")
  private var path: String { directory.path("admin.sock") }

  init() throws {
    directory = try TemporaryDirectory()
    chmod(directory.path, 0o755)
    loop.start()
  }

  private func serving(
    limits: AdminLimits = AdminLimits(), _ body: () async throws -> Void
  ) async throws {
    let configuration = try Configuration.parse(
      """
      state_dir = "\(directory.path)/state"
      status_file = "\(directory.path)/status.json"
      [[listener]]
      address = "127.0.0.1:0"
      [entity.acme]
      default = true
      [admin]
      approval = "required"
      """, file: "\(directory.path)/letterhead.toml")
    let service = ControlService(
      ControlResources(
        mailboxes: try SQLiteStorage.openMailboxes(of: configuration), spool: nil, connector: NoConnector(),
        settings: { ControlSettings(configuration) }))
    #expect(AdminServer.path(for: configuration) == path)
    let server = try AdminServer(
      path: path, service: service, administrators: { configuration.administrators(owner: geteuid()) },
      stateDirectory: configuration.stateDirectory, configuration: configuration.absoluteFile, limits: limits,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let serving = loop.start { [loop] in await server.run(on: loop) }
    do { try await body() } catch {
      server.close()
      throw error
    }
    server.close()
    await serving.value
  }

  /// What the relay answers when `octets` are written to it.
  private func answer(to octets: [UInt8]) async throws -> String {
    try await loop.run {
      let connection = try Connection.open(path: path, on: loop)
      defer { connection.close() }
      try? await connection.send(octets, until: .now + .seconds(10))
      var heard: [UInt8] = []
      while let piece = try await connection.receive(until: .now + .seconds(10), { Array($0) }) { heard += piece }
      return String(decoding: heard, as: UTF8.self)
    }
  }

  /// The same from another user's process.
  private func answer(to line: [UInt8], asUser uid: Int) throws -> String {
    let script = """
      import os, socket, sys
      os.setgroups([]); os.setgid(\(uid)); os.setuid(\(uid))
      s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read())
      while True:
        piece = s.recv(65536)
        if not piece: break
        sys.stdout.buffer.write(piece)
      """
    let child = Process()
    child.executableURL = URL(filePath: "/usr/bin/python3")
    child.arguments = ["-c", script, path]
    let (input, output) = (Pipe(), Pipe())
    (child.standardInput, child.standardOutput) = (input, output)
    try child.run()
    try input.fileHandleForWriting.write(contentsOf: Data(line))
    try input.fileHandleForWriting.close()
    let heard = output.fileHandleForReading.readDataToEndOfFile()
    child.waitUntilExit()
    return String(decoding: heard, as: UTF8.self)
  }

  @Test func `a caller is who the kernel says`() async throws {
    try await serving {
      let call = try ControlFrame(.listAudit(ListAudit(entity: nil))).line
      #expect(try await answer(to: call).contains("Nothing was done yet"))
      let refused = try answer(to: call, asUser: 65534)
      #expect(refused.contains("nobody may not do that here"), "\(refused)")
      let change = ConnectionChange(.connect, entity: "acme", address: "a@acme.example", host: "smtp.acme.example")
      let filed = try answer(
        to: ControlFrame(.askPermission(AskPermission(change, justification: "New"))).line, asUser: 65534)
      #expect(filed.contains("\"uid\":65534"), "\(filed)")
    }
  }

  @Test(arguments: [
    "\n", "{}\n", "hello\n", "{\"version\":2,\"call\":{\"rule\":{}}}\n", "\u{0}\u{1}\n",
    String(repeating: "[", count: 60_000) + "\n",
  ])
  func `what is no call is answered as such`(text: String) async throws {
    try await serving {
      let heard = try await answer(to: Array(text.utf8))
      #expect(heard.contains("did not understand"))
    }
  }

  @Test func `a line without end is cut off`() async throws {
    try await serving {
      let heard = try await answer(to: [UInt8](repeating: 0x20, count: ControlFrame.lineLimit + 1))
      #expect(heard.contains("too long"))
      let short = [UInt8](repeating: 0x20, count: ControlFrame.memberLineLimit + 1)
      #expect(try answer(to: short, asUser: 65534).contains("too long"))
    }
  }

  @Test func `another version, and a call meant for another state, are told so`() async throws {
    try await serving {
      let old = Array("{\"version\":1,\"verb\":{\"requests\":{}}}\n".utf8)
      let told = try await answer(to: old)
      #expect(told.contains("the relay version 2"))
      let astray = ControlFrame(.listRequests(ListRequests()), state: FileIdentity(ofFileAt: "/proc"))
      #expect(try await answer(to: astray.line).contains("another state_dir"))
      let meant = ControlFrame(.listRequests(ListRequests()), state: FileIdentity(ofFileAt: directory.path("state")))
      #expect(try await answer(to: meant.line).contains("no requests"))
    }
  }

  @Test func `a call that names another configuration changes nothing here`() async throws {
    try await serving {
      let other = ControlFrame(.listRequests(ListRequests()), configuration: "/srv/typo.toml")
      let told = try await answer(to: other.line)
      #expect(told.contains("not with /srv/typo.toml") || told.contains("not with \\/srv\\/typo.toml"), "\(told)")
      let own = ControlFrame(.listRequests(ListRequests()), configuration: directory.path("letterhead.toml"))
      #expect(try await answer(to: own.line).contains("no requests"))
    }
  }

  @Test func `root is believed when it says who is behind it, and nobody else is`() async throws {
    try await serving {
      let change = ConnectionChange(.connect, entity: "acme", address: "a@acme.example", host: "smtp.acme.example")
      let ask = ControlCall.askPermission(AskPermission(change, justification: "New"))
      let filed = try answer(to: ControlFrame(ask, name: "root (mara)").line, asUser: 65534)
      #expect(filed.contains("\"name\":\"nobody\""), "\(filed)")
      _ = try await answer(to: ControlFrame(.approveRequest(ApproveRequest(1)), name: "root (mara)").line)
      let audit = try await answer(to: ControlFrame(.listAudit(ListAudit(entity: nil)), name: "x\u{1B}[2K").line)
      #expect(audit.contains(geteuid() == 0 ? "root (mara)" : "approve"), "\(audit)")
    }
  }

  @Test func `whoever says nothing is let go`() async throws {
    var limits = AdminLimits()
    limits.asking = .milliseconds(200)
    try await serving(limits: limits) {
      let heard = try await answer(to: Array("{\"version\"".utf8))
      #expect(heard == "")
    }
  }

  @Test func `one user cannot take all the places`() async throws {
    var limits = AdminLimits()
    limits.connectionsOfItsOwner = 5
    try await serving(limits: limits) {
      try await loop.run {
        var idle: [Connection] = []
        for _ in 0..<limits.connectionsOfItsOwner { idle.append(try .open(path: path, on: loop)) }
        // Connections are accepted in the order they came.
        let late = try Connection.open(path: path, on: loop)
        let heard = try await late.receive(until: .now + .seconds(50)) { String(decoding: $0, as: UTF8.self) }
        #expect(heard?.contains("Too many commands") == true)
        idle.forEach { $0.close() }
        late.close()
      }
      // The places are free once the server has noticed that the clients are gone.
      while try await !answer(to: ControlFrame(.listRequests(ListRequests())).line).contains("no requests") {}
    }
  }

  @Test func `a relay that stops lets its callers go`() async throws {
    var limits = AdminLimits()
    limits.asking = .seconds(3600)
    try await serving(limits: limits) {
      try await loop.run { _ = try Connection.open(path: path, on: loop) }
    }
  }
}

/// Places at the admin socket, counted without one.
@Suite struct AdminPlacesTests {
  private func entered(_ places: AdminPlaces, _ users: UInt32...) -> [Bool] { users.map { places.enter($0) } }

  @Test func `each user has a few places, and all of them together a few more`() {
    var limits = AdminLimits()
    (limits.connections, limits.connectionsOfOneUser) = (4, 2)
    let places = AdminPlaces(limits, owner: 900)
    #expect(entered(places, 1001, 1001, 1001) == [true, true, false])
    #expect(entered(places, 1002, 1002, 1003) == [true, true, false])
    places.leave(1001)
    #expect(entered(places, 1003, 1003, 1001) == [true, false, false])
  }

  @Test func `nobody keeps out root and the relay's own user, who keep out nobody`() {
    var limits = AdminLimits()
    (limits.connections, limits.connectionsOfOneUser, limits.connectionsOfItsOwner) = (2, 2, 3)
    let places = AdminPlaces(limits, owner: 900)
    #expect(entered(places, 0, 0, 0, 0, 900, 900, 900, 900) == [true, true, true, false, true, true, true, false])
    #expect(entered(places, 1001, 1001, 1002) == [true, true, false])
    places.leave(0)
    #expect(entered(places, 0, 0) == [true, false])
  }
}

/// For a relay that connects nothing.
private struct NoConnector: MailboxConnecting {
  struct Never: Error {}

  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String { throw Never() }

  func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws { throw Never() }
}
