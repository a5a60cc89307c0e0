// The admin socket against callers of other users, and against those who mean no good.

import Foundation
import Logging
import Mailboxes
import Sockets
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
    limits: AdminServer.Limits = AdminServer.Limits(), _ body: () async throws -> Void
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
    let desk = AdminDesk(
      store: try SQLiteStorage.openMailboxes(of: configuration), configuration: { configuration }, connecting: nil)
    #expect(AdminServer.path(for: configuration) == path)
    let server = try AdminServer(
      path: path, desk: desk, configuration: { configuration }, limits: limits,
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
      let call = try AdminCall(.audit(entity: nil)).line
      #expect(try await answer(to: call).contains("Nothing was done yet"))
      let refused = try answer(to: call, asUser: 65534)
      #expect(refused.contains("nobody may not do that here"), "\(refused)")
      let change = ConnectionChange(.connect, entity: "acme", address: "a@acme.example", host: "smtp.acme.example")
      let filed = try answer(to: AdminCall(.ask(change, justification: "New")).line, asUser: 65534)
      #expect(filed.contains("\"uid\":65534"), "\(filed)")
    }
  }

  @Test(arguments: [
    "\n", "{}\n", "hello\n", "{\"version\":1,\"verb\":{\"rule\":{}}}\n", "\u{0}\u{1}\n",
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
      let heard = try await answer(to: [UInt8](repeating: 0x20, count: AdminCall.lineLimit + 1))
      #expect(heard.contains("too long"))
    }
  }

  @Test func `whoever says nothing is let go`() async throws {
    var limits = AdminServer.Limits()
    limits.asking = .milliseconds(200)
    try await serving(limits: limits) {
      let heard = try await answer(to: Array("{\"version\"".utf8))
      #expect(heard == "")
    }
  }

  @Test func `one user cannot take all the places`() async throws {
    try await serving {
      try await loop.run {
        var idle: [Connection] = []
        for _ in 0..<AdminServer.Limits().connectionsOfOneUser { idle.append(try .open(path: path, on: loop)) }
        try await loop.sleep(until: .now + .milliseconds(100))
        let late = try Connection.open(path: path, on: loop)
        let heard = try await late.receive(until: .now + .seconds(5)) { String(decoding: $0, as: UTF8.self) }
        #expect(heard?.contains("Too many commands") == true)
        idle.forEach { $0.close() }
        late.close()
      }
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await answer(to: AdminCall(.requests).line).contains("no requests"))
    }
  }

  @Test func `a relay that stops lets its callers go`() async throws {
    let start = ContinuousClock.now
    try await serving {
      try await loop.run {
        let idle = try Connection.open(path: path, on: loop)
        try await loop.sleep(until: .now + .milliseconds(100))
        _ = idle
      }
    }
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
