// Sockets that a service manager opens and keeps: the relay binds nothing, and may be restarted without anybody noticing.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A relay whose sockets a service manager has opened` {
    @Test func `listens on those of a name, and on that of a configured address`() async throws {
      let (port, socket) = (Ports.unused(), "/tmp/lh-submit.\(UInt32.random(in: 0...UInt32.max))")
      let relay = try Relay(
        listener: "[[listener]]\naddress = \"systemd:smtp\"\n[[listener]]\naddress = \"systemd:submit\"\n")
      let places = ["127.0.0.1:\(port)", socket, "127.0.0.1:\(relay.port)"]
      let activation = ["systemd-socket-activate", "--fdname=smtp:submit:here"] + places.flatMap { ["-l", $0] }
      try await relay.start(under: activation)
      defer { unlink(socket) }
      for place in places {
        let sent = try await LocalClient(place: place).send(to: "c@d.test")
        #expect(sent.hasPrefix("250"), "\(place): \(sent)")
      }
      let listening = try await run("ss", ["-Hltnxp"]).wentWell().output.split(separator: "\n")
        .filter { $0.contains(" LISTEN ") && $0.contains("pid=\(relay.pid),") }
      #expect(listening.count == 4, "the three, and the admin socket: \(listening)")
      try await relay.end()
      #expect(FileManager.default.fileExists(atPath: socket), "it is the manager's")
    }

    @Test func `says which name it was not given`() async throws {
      let relay = try Relay(listener: "[[listener]]\naddress = \"systemd:smtp\"")
      let refused = try await relay.letterhead("serve")
      #expect(refused.status == 1 && refused.errors.contains("systemd:smtp"), "\(refused)")
    }

    /// A service manager with one socket, and a crowd that connects all the time while it restarts the relay.
    private static let manager = #"""
      import os, signal, socket, sys, threading
      program, configuration, address, port = sys.argv[1:5]
      held = socket.create_server((address, int(port)), backlog=1024)
      def start():
        if (child := os.fork()) == 0:
          os.dup2(held.fileno(), 3); os.set_inheritable(3, True)
          names = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="smtp")
          null = os.open("/dev/null", os.O_RDWR); [os.dup2(null, number) for number in (0, 1, 2)]
          os.execve(program, [program, "serve", "--config", configuration], names)
        return child
      served, lost, done = 0, [], threading.Event()
      def visit():
        global served
        while not done.is_set():
          try:
            with socket.create_connection((address, int(port)), timeout=60) as peer:
              heard = peer.recv(4)
              if heard != b"220 ": lost.append(heard)
              else: served += 1
          except OSError as error: lost.append(str(error))
      def wait_for(more):
        goal = served + more
        while served < goal and not lost: done.wait(0.01)
      visitors = [threading.Thread(target=visit) for _ in range(4)]
      child = start(); [visitor.start() for visitor in visitors]; wait_for(50)
      for _ in range(3):
        os.kill(child, signal.SIGTERM); os.waitpid(child, 0); child = start(); wait_for(50)
      done.set(); [visitor.join() for visitor in visitors]
      os.kill(child, signal.SIGTERM); os.waitpid(child, 0)
      print(served >= 200, len(lost), lost[:5])
      """#

    @Test func `may be restarted among clients, and none is refused`() async throws {
      let relay = try Relay(listener: "[[listener]]\naddress = \"systemd:smtp\"")
      let words = [Relay.program, relay.configuration, "127.0.0.1", "\(Ports.unused())"]
      let ended = try await run("python3", ["-c", Self.manager] + words).wentWell()
      #expect(ended.output == "True 0 []\n", "\(ended)")
    }
  }
}
