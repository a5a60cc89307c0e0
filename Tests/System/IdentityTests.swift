// Who sends, by the kernel's word: in the log, the Received line, the queue, and while the client is connected.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Who sends` {
    @Test func `is named by user and unit, through whichever socket the mail comes`() async throws {
      let (unit, folder) = ControlGroupFolder.unit()
      let (port6, socket) = (Ports.unused(), "/tmp/lh-submit.\(UInt32.random(in: 0...UInt32.max))")
      let relay = try Relay(
        entities: "[entity.acme]\ndefault = true\n[app.web]\nmatch = [\"user:www-data\"]",
        listener: "[[listener]]\naddress = \"[::1]:\(port6)\"\n[[listener]]\naddress = \"\(socket)\"")
      try await relay.start()
      let tcp = folder == nil ? "uid 33" : "uid 33, \(unit)"
      let places = [
        ("127.0.0.1:\(relay.port)", tcp), ("[::1]:\(port6)", tcp), ("[::ffff:127.0.0.1]:\(relay.port)", tcp),
        (socket, Self.kernelTellsGroupOfUnixPeers ? tcp : "uid 33"),
      ]
      for (number, (place, identity)) in zip(1..., places) {
        let client = LocalClient(place: place, user: "www-data", group: folder)
        let session = try await client.begin()
        let who = try await relay.letterhead("who").wentWell()
        let words = identity.split(separator: ", ").map(String.init)
        #expect(who.output.hasPrefix("web  uid 33 (www-data)") && words.allSatisfy(who.output.contains), "\(who)")
        for line in ["EHLO app.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA", "Subject: x", "."] {
          try session.type(line)
        }
        _ = try await session.line("the queue's number") { $0.hasSuffix("Queued as \(number)") }
        let shown = try await relay.letterhead("queue", "show", "\(number)").wentWell()
        let times = shown.output.components(separatedBy: "app web (\(identity))").count - 1
        #expect(times == 2, "by the queue and by the Received line: \(shown)")
        let line = try #require(relay.log.split(separator: "\n").last { $0.contains("event=accepted") })
        #expect(line.contains("app=web") && line.contains("who=\"\(identity)\""), "\(line)")
      }
    }

    /// Linux 6.13 (pidfd_info).
    private static var kernelTellsGroupOfUnixPeers: Bool {
      var name = utsname()
      uname(&name)
      let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      return release.compare("6.13", options: .numeric) != .orderedAscending
    }

    /// Writes whole sessions in one packet each, as www-data, and closes at once.
    private static let hasty = #"""
      import encodings.idna, os, socket, sys
      os.setgroups([]); os.setgid(33); os.setuid(33)
      body = b"EHLO app.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n"
      for _ in range(int(sys.argv[2])):
        peer = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); peer.sendall(body); peer.close()
      """#

    private func sendHastily(_ count: Int, to relay: Relay) async throws {
      try await run("python3", ["-c", Self.hasty, "\(relay.port)", "\(count)"]).wentWell()
    }

    private static let roots = """
      [entity.acme]
      default = true
      [app.root]
      match = ["user:root"]
      """

    @Test func `is never root for a client that has gone before the kernel is asked`() async throws {
      let relay = try Relay(entities: Self.roots + "\nsenders = [\"only@root.test\"]\n[access]\nunknown = \"refuse\"")
      try await relay.start()
      try await sendHastily(1000, to: relay)
      // Those that wait in the backlog are long gone when the relay goes on, and the kernel has forgotten whose they were.
      kill(relay.pid, SIGSTOP)
      try await sendHastily(300, to: relay)
      kill(relay.pid, SIGCONT)
      var refused: [Substring] = []
      try await eventually("every one is refused") {
        refused = relay.log.split(separator: "\n").filter { $0.contains("reply=\"550") }
        return refused.count >= 1300
      }
      let unexpected = refused.filter {
        !$0.contains("No app matches uid 33:") && !$0.contains("No app matches 127.0.0.1:")
      }
      #expect(unexpected.isEmpty && refused.count == 1300, "\(refused.count): \(unexpected)")
      #expect(!relay.log.contains("app=root") && !relay.log.contains("uid 0"))
      let replies = try await relay.client("root").say("EHLO app.test", "MAIL FROM:<other@root.test>")
      #expect(replies.last?.hasPrefix("550 5.7.1 App root may not use the sender") == true, "\(replies)")
      #expect(relay.log.contains("app=root"))
    }

    @Test func `is not the host's root for a container whose root sends, and a container can be an app`() async throws {
      let (id, folder) = ControlGroupFolder.container()
      let short = id.prefix(12)
      let other = Ports.unused()
      let relay = try Relay(
        entities: Self.roots,
        listener: "[[listener]]\naddress = \"127.0.0.1:\(other)\"\nunknown = \"refuse\"")
      try await relay.start()
      let refusing = LocalClient(place: "127.0.0.1:\(other)", user: "root", group: folder)
      let refused = try await refusing.send(to: "c@d.test")
      #expect(try await relay.client("root", in: folder).send(to: "c@d.test").hasPrefix("250"))
      guard folder != nil else {
        #expect(try await relay.json("queue").map { $0["app"] as? String } == ["root", "root"])
        return
      }
      #expect(refused.hasPrefix("550 5.7.1 No app matches uid 0 (container \(short))"), "\(refused)")
      #expect(refused.contains("\"container:\(short)\""), "\(refused)")
      #expect(try await relay.json("app", "pending").map { $0["key"] as? String } == ["container:\(short)"])
      try await relay.letterhead("app", "approve", "container:\(short)", "--name", "box", "--entity", "acme").wentWell()
      #expect(try await refusing.send(to: "c@d.test").hasPrefix("250"))
      #expect(try await relay.json("queue").last?["app"] as? String == "box")
    }

    @Test func `sees the own sessions and messages, and an administrator sees everybody's`() async throws {
      let relay = try Relay(more: "[admin]\nusers = [\"daemon\"]")
      chmod(relay.directory.path, 0o755)
      chmod(relay.configuration, 0o644)
      try await relay.start()
      var sessions: [LiveCommand] = []
      for user in ["www-data", "games"] {
        #expect(try await relay.client(user).send(to: "\(user)@d.test").hasPrefix("250"))
        sessions.append(try await relay.client(user).begin())
      }
      // A container's www-data is not the host's, though both have one number.
      if let container = ControlGroupFolder.container().folder {
        sessions.append(try await relay.client("www-data", in: container).begin())
      }
      let own = try await relay.letterhead(as: "www-data", "who").wentWell().output
      #expect(own.split(separator: "\n").count == 1, "\(own)")
      for (user, others) in [("www-data", false), ("daemon", true), ("root", true)] {
        for command in ["who", "queue"] {
          let listed = try await relay.letterhead(as: user, [command]).wentWell().output
          #expect(listed.contains("www-data") && listed.contains("games") == others, "\(user) \(command): \(listed)")
        }
      }
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      let tested = try await relay.letterhead(as: "daemon", "test", "acme")
      #expect(tested.status == 0, "\(tested)")
      #expect(try await relay.letterhead(as: "www-data", "test", "acme").status == 1)
      withExtendedLifetime(sessions) {}
    }
  }
}
