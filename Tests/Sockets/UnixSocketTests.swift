// Paths instead of addresses, and who is at the other end.

import Foundation
import Support
import Testing

@testable import Sockets

// One after the other, also with the suite that is an extension of this one: a child of one test holds, until its exec, a
// listener that another has just closed.
@Suite(.serialized, .timeLimit(.minutes(1))) struct UnixSocketTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path("door") }

  init() throws {
    directory = try TemporaryDirectory()
    chmod(directory.path, 0o755)
  }

  @Test func `both ends speak, and the kernel says who`() async throws {
    try await onLoop { loop in
      let listener = try Listener(path: path, mode: 0o666)
      let near = try Connection.open(path: path, on: loop)
      let far = try await listener.accept(on: loop)
      try await near.send(Array("hello".utf8), until: soon())
      #expect(try await far.collect(5) == Array("hello".utf8))
      #expect(far.peerUser == geteuid())
      #expect(listener.endpoint == Endpoint(host: path, port: 0))
    }
  }

  @Test func `everybody may connect where the mode says so`() throws {
    let listener = try Listener(path: path, mode: 0o666)
    var found = stat()
    #expect(stat(path, &found) == 0)
    #expect(found.st_mode & 0o777 == 0o666)
    listener.close()
  }

  @Test func `a socket that nobody listens on any more is replaced, one in use is not`() throws {
    do { _ = try Listener(path: path, mode: 0o666) }
    #expect(access(path, F_OK) == 0)
    let second = try Listener(path: path, mode: 0o666)
    #expect(throws: ListenError.inUse(Endpoint(host: path, port: 0))) { _ = try Listener(path: path, mode: 0o666) }
    second.close()
    _ = try Listener(path: path, mode: 0o666)
  }

  @Test func `a file that is no socket stays`() throws {
    try directory.write("precious", to: "door")
    #expect(throws: ListenError.fileInTheWay(path)) { _ = try Listener(path: path, mode: 0o666) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
  }

  @Test func `a folder that is missing is told as that`() {
    let path = directory.path("none/door")
    #expect(throws: ListenError.failed(Endpoint(host: path, port: 0), errno: ENOENT)) {
      _ = try Listener(path: path, mode: 0o666)
    }
  }

  @Test func `nobody there is told apart`() async throws {
    try await onLoop { loop in
      #expect(throws: ConnectionError.failed(ENOENT)) { _ = try Connection.open(path: path, on: loop) }
      let listener = try Listener(path: path, mode: 0o666)
      #expect(rename(path, path + ".kept") == 0)
      listener.close()
      let abandoned = path + ".kept"
      #expect(throws: ConnectionError.failed(ECONNREFUSED)) { _ = try Connection.open(path: abandoned, on: loop) }
      let long = directory.path(String(repeating: "x", count: 108))
      #expect(throws: ConnectionError.failed(ENAMETOOLONG)) { _ = try Connection.open(path: long, on: loop) }
    }
  }

  @Test func `a listener that closes takes its file along, once, and nobody else's`() throws {
    let first = try Listener(path: path, mode: 0o666)
    first.close()
    #expect(access(path, F_OK) != 0)
    let second = try Listener(path: path, mode: 0o666)
    first.close()
    #expect(access(path, F_OK) == 0)
    #expect(unlink(path) == 0)
    try directory.write("precious", to: "door")
    second.close()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
  }

  @Test func `a path that cannot be a socket's is told apart`() {
    let long = directory.path(String(repeating: "x", count: 108))
    #expect(throws: ListenError.pathTooLong(long)) { _ = try Listener.opened(at: long) }
    let missing = directory.path("missing/door")
    #expect(throws: ListenError.failed(Endpoint(host: missing, port: 0), errno: ENOENT)) {
      _ = try Listener.opened(at: missing)
    }
    #expect(throws: ListenError.notAnAddress("door")) { _ = try Listener.opened(at: "door") }
  }

  @Test func `an address with a path is a socket that everybody may connect to`() throws {
    let listeners = try Listener.opened(at: path)
    #expect(listeners.map { "\($0.endpoint)" } == [path])
    var found = stat()
    #expect(stat(path, &found) == 0)
    #expect(found.st_mode & 0o777 == 0o666)
  }
}
