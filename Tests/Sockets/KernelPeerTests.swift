// The kernel itself, asked about this process and about children that are somebody else.

import Foundation
import Platform
import Support
import Testing

@testable import Sockets

/// Where children of these tests run: a control group made for the purpose where that is allowed, else this process's own.
private final class TestControlGroup {
  let path: String
  private let isMade: Bool

  init() throws {
    let line = try String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8).split(separator: "\n")
      .first { $0.hasPrefix("0::") }
    let mount = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
      .first { access("\($0)/cgroup.controllers", F_OK) == 0 }
    let own = "\(mount ?? "")\(line?.dropFirst(3) ?? "")"
    let made = "\(mount ?? "")/letterhead-test-\(getpid()).service"
    isMade = mkdir(made, 0o755) == 0 && access("\(made)/cgroup.procs", W_OK) == 0
    path = isMade ? made : own
  }

  var id: UInt64? {
    var found = stat()
    return stat(path, &found) == 0 ? UInt64(found.st_ino) : nil
  }

  deinit { if isMade { rmdir(path) } }
}

/// A program that connects, says in its message that it is root, and waits to be let go.
private final class Client {
  /// Root may be anybody; who else runs these tests stays who he is.
  static let user: UInt32 = geteuid() == 0 ? 4242 : geteuid()
  private let child = Process()

  /// - Parameter address: `127.0.0.1:2525`, `[::1]:2525` or a path.
  init(to endpoint: Endpoint, in group: TestControlGroup? = nil, then words: String = "s.recv(1)") throws {
    let address = endpoint.host.hasPrefix("/") ? "'\(endpoint.host)'" : "('\(endpoint.host)', \(endpoint.port))"
    let family = endpoint.host.hasPrefix("/") ? "AF_UNIX" : endpoint.host.contains(":") ? "AF_INET6" : "AF_INET"
    let entering = group.map { "open('\($0.path)/cgroup.procs', 'w').write(str(os.getpid()))" } ?? ""
    child.executableURL = URL(filePath: "/usr/bin/python3")
    child.arguments = [
      "-c",
      """
      import os, socket
      try:
        \(entering.isEmpty ? "pass" : entering)
      except PermissionError: pass
      os.setuid(\(Self.user))
      s = socket.socket(socket.\(family)); s.connect(\(address)); s.sendall(b'uid 0')
      \(words)
      """,
    ]
    try child.run()
  }

  func waitForEnd() { child.waitUntilExit() }
}

// Its children keep the other suite waiting.
extension UnixSocketTests {
  @Suite struct `Who is at the other end, by the kernel` {
    private let directory: TemporaryDirectory

    init() throws {
      directory = try TemporaryDirectory()
      chmod(directory.path, 0o755)
    }

    private func listener(_ kind: String) throws -> Listener {
      kind == "unix" ? try Listener(path: directory.path("door"), mode: 0o666) : try Listener(address: kind)
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0", "unix"])
    func `this process itself`(kind: String) async throws {
      try await onLoop { loop in
        let listener = try listener(kind)
        let near =
          kind == "unix"
          ? try Connection.open(path: listener.endpoint.host, on: loop)
          : try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
        let far = try await listener.accept(on: loop)
        #expect(far.kernelPeer().uid == geteuid())
        #expect(near.kernelPeer().uid == geteuid())
      }
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0", "unix"])
    func `a child of another user and control group`(kind: String) async throws {
      try await onLoop { loop in
        let (listener, group) = (try listener(kind), try TestControlGroup())
        let child = try Client(to: listener.endpoint, in: group)
        let far = try await listener.accept(on: loop)
        let peer = far.kernelPeer()
        #expect(peer.uid == Client.user)
        if kind == "unix" { #expect(far.peerUser == Client.user) }
        // Kernels before 6.13 do not tell it of a unix socket's client.
        if kind != "unix" || peer.cgroup != nil { #expect(peer.cgroup == group.id) }
        #expect(try await far.collect(5) == Array("uid 0".utf8))
        far.close()
        child.waitForEnd()
      }
    }

    @Test func `an IPv6 socket connected to an IPv4 address`() async throws {
      try await onLoop { loop in
        let listener = try Listener(address: "127.0.0.1:0")
        let mapped = Endpoint(host: "::ffff:127.0.0.1", port: listener.endpoint.port)
        let child = try Client(to: mapped)
        let far = try await listener.accept(on: loop)
        #expect(far.kernelPeer().uid == Client.user)
        far.close()
        child.waitForEnd()
      }
    }

    /// Python's children are gone when the test looks, whatever the load of the machine.
    @Test func `a client that has closed and gone is never taken for root`() async throws {
      try await onLoop { loop in
        let listener = try Listener(address: "127.0.0.1:0")
        for _ in 0..<5 {
          try Client(to: listener.endpoint, then: "s.close()").waitForEnd()
          let far = try await listener.accept(on: loop)
          let user = far.kernelPeer().uid
          #expect(user == nil || user == Client.user && user != 0)
          #expect(try await far.collect() == Array("uid 0".utf8))
        }
      }
    }

    @Test func `root's own socket is nobody's once it is closed`() async throws {
      try await onLoop { loop in
        let (near, far) = try await connectedPair(on: loop)
        near.close()
        let user = far.kernelPeer().uid
        #expect(user == nil || user == geteuid() && user != 0)
      }
    }

    @Test func `the socket to the kernel is opened again when it fails`() async throws {
      try await onLoop { loop in
        let (near, far) = try await connectedPair(on: loop)
        #expect(near.kernelPeer().uid == geteuid())
        let pipe = try PipeEnds()
        dup2(pipe.reading.number, loop.kernelPeers.socket.number)
        #expect(far.kernelPeer() == .unknown)
        #expect(far.kernelPeer().uid == geteuid())
      }
    }

    @Test func `a connection that is closed is nobody's`() async throws {
      try await onLoop { loop in
        let (near, far) = try await connectedPair(on: loop)
        far.close()
        #expect(far.kernelPeer() == .unknown)
        near.close()
      }
    }
  }
}
