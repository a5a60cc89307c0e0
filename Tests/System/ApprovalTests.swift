// Who may not change a connection asks, is answered, and uses the answer once. The callers are real users of the host.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Asking an administrator` {
    /// A relay that other users can reach, connected to nothing but the sandbox.
    private func openRelay(_ admin: String) async throws -> Relay {
      let relay = try Relay(more: "[admin]\n\(admin)\n")
      chmod(relay.directory.path, 0o755)
      chmod(relay.configuration, 0o644)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    /// `letterhead`, typed by the user nobody.
    private func nobody(_ relay: Relay, _ words: String...) async throws -> Finished {
      try await relay.letterhead(as: "nobody", words)
    }

    @Test func `is a request, a decision, and one use`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      let bare = try await nobody(relay, "disconnect", "acme")
      #expect(bare.status == 1 && bare.errors.contains("--justification"), "\(bare)")
      let filed = try await nobody(relay, "disconnect", "acme", "--justification", "We move to another provider")
      #expect(filed.status == 75 && filed.errors.isEmpty, "\(filed)")
      #expect(filed.output.contains("letterhead approve --config \(relay.configuration) 1"), "\(filed)")
      #expect(try relay.entity().state == "connected")

      let listed = try await nobody(relay, "requests").wentWell()
      #expect(listed.output.contains("We move to another provider"), "\(listed)")
      for verb in [["approve", "1"], ["deny", "1", "--reason", "x"], ["audit"]] {
        let refused = try await relay.letterhead(as: "nobody", verb)
        #expect(refused.status == 1 && refused.errors.contains("nobody may not do that here"), "\(refused)")
      }

      try await relay.letterhead("approve", "1").wentWell()
      try await nobody(relay, "disconnect", "acme").wentWell()
      try await eventually("acme is disconnected") { try relay.entity().state == "disconnected" }
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      let again = try await nobody(relay, "disconnect", "acme", "--justification", "Once more")
      #expect(again.status == 75 && again.output.contains("request 2"), "\(again)")

      try await relay.letterhead("deny", "2", "--reason", "Once is enough").wentWell()
      #expect(try await nobody(relay, "requests").output.contains("Once is enough"))
      #expect(try await relay.letterhead("approve", "2").errors.contains("denied already"))

      let audit = try await relay.letterhead("audit", "--json", "--entity", "acme").wentWell()
      let entries = try #require(JSONSerialization.jsonObject(with: Data(audit.output.utf8)) as? [[String: Any]])
      #expect(
        entries.reversed().compactMap { $0["verb"] as? String } == [
          "connect", "request", "approve", "disconnect", "connect", "request", "deny",
        ])
      let names = entries.reversed().compactMap { ($0["person"] as? [String: Any])?["name"] as? String }
      #expect(names.enumerated().filter { $0.element == "nobody" }.map(\.offset) == [1, 3, 5])
    }

    @Test func `lets the approved person connect through the relay, once, and shows no secret`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay(more: "[admin]\napproval = \"required\"\n")
      chmod(relay.directory.path, 0o755)
      try await relay.start()
      let call = try connectCall(to: address, of: rig)
      let filed = try await nobodySays(call, to: relay)
      #expect(filed.contains("\"filed\""), "\(filed)")
      #expect(filed.contains("localhost") && filed.contains("\"security\":\"tls\""), "\(filed)")
      #expect(try relay.entity().state == "disconnected")
      try await relay.letterhead("approve", "1").wentWell()
      let connected = try await nobodySays(call, to: relay)
      #expect(connected.contains("acme is connected"), "\(connected)")
      #expect(connected.contains("\"step\""))
      try await eventually("acme is connected") { try relay.entity().state == "connected" }
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
      #expect(try await nobodySays(call, to: relay).contains("\"filed\""), "an approval was used twice")
      #expect(!(filed + connected + relay.log).contains("geheim"))
    }

    private func connectCall(to address: String, of rig: Rig) throws -> String {
      let parts = address.split(separator: "@")
      let mailbox: [String: Any] = [
        "entity": "acme", "localPart": "\(parts[0])", "domain": "\(parts[1])", "provider": "smtp",
        "server": ["host": "localhost", "port": try #require(Int(rig.port("SMTP_TLS"))), "security": "tls"],
        "signIn": ["kind": "password", "username": address], "secrets": ["password": "geheim-1"],
        "authorities": try String(contentsOfFile: rig.certificateAuthority, encoding: .utf8),
      ]
      let connect: [String: Any] = ["mailbox": mailbox, "justification": "A new provider"]
      let call: [String: Any] = ["version": 2, "call": ["connectMailbox": ["_0": connect]]]
      return String(decoding: try JSONSerialization.data(withJSONObject: call), as: UTF8.self) + "\n"
    }

    /// What the relay answers to a line of the user nobody.
    private func nobodySays(_ line: String, to relay: Relay) async throws -> String {
      let script = """
        import os, socket, sys
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read())
        for line in s.makefile(): print(line, end="")
        """
      return try await run("python3", ["-c", script, relay.directory.path("admin.sock")], input: line).wentWell().output
    }

    @Test func `is refused with a sentence where there are no approvals`() async throws {
      let relay = try await openRelay("")
      let refused = try await nobody(relay, "disconnect", "acme", "--justification", "please")
      #expect(refused.status == 1 && refused.errors.contains("[admin]"), "\(refused)")
      #expect(try await relay.letterhead("requests").output.contains("There are no requests."))
    }

    @Test func `is not needed of whom the configuration names`() async throws {
      let relay = try await openRelay("approval = \"required\"\nusers = [\"nobody\"]")
      try await nobody(relay, "disconnect", "acme").wentWell()
      try await eventually("acme is disconnected") { try relay.entity().state == "disconnected" }
    }

    @Test func `says what another user may not do or read, and whom to ask`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      let tested = try await nobody(relay, "test", "acme")
      #expect(tested.status == 1 && tested.errors.contains("nobody may not do that here"), "\(tested)")
      for (path, mode) in [(relay.configuration, mode_t(0o600)), (relay.directory.path, 0o700)] {
        chmod(path, mode)
        let refused = try await nobody(relay, "requests")
        #expect(refused.status == 1 && refused.errors.contains("may not be read by this user"), "\(refused)")
        chmod(path, 0o755)
      }
    }

    @Test func `tells nothing to another user who listens in the relay's place`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      try await relay.end()
      let socket = relay.directory.path("admin.sock")
      unlink(socket)
      chmod(relay.directory.path, 0o1777)
      let script = """
        import os, socket, subprocess, sys
        s = socket.socket(socket.AF_UNIX)
        def impostor(): os.setgroups([]); os.setgid(65534); os.setuid(65534)
        if (child := os.fork()) == 0:
          impostor(); s.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o666); s.listen(); s.settimeout(5)
          os.write(1, b"heard: " + s.accept()[0].recv(100) + b"\\n"); os._exit(0)
        while not os.path.exists(sys.argv[1]): pass
        said = subprocess.run(sys.argv[2:], user=1, group=1, extra_groups=[], capture_output=True, text=True)
        os.waitpid(child, 0); print(said.returncode, said.stderr)
        """
      let words = [PublicBinary.path, "requests", "--config", relay.configuration]
      let said = try await run("python3", ["-c", script, socket] + words).wentWell().output
      #expect(said.hasPrefix("heard: \n1 ") && said.contains("Another user than the relay's listens"), "\(said)")
    }

    @Test func `needs a relay that runs, except of root`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      try await relay.end()
      let refused = try await nobody(relay, "requests")
      #expect(refused.status == 1 && refused.errors.contains("The relay is not running"), "\(refused)")
      try await relay.letterhead("requests").wentWell()
      try await relay.letterhead("audit").wentWell()
    }
  }
}
