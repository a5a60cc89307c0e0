// Administrators are told when a flag goes up and when it comes down: by a command, and by mail through another entity.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A flag that changes` {
    @Test func `is told once to the command and by mail, and not again after a restart`() async throws {
      let rig = try await Rig.running
      let (broken, working) = (freshAddress(), freshAddress("other"))
      for address in [broken, working] { try await rig.setPassword(of: address, to: "geheim-1") }
      let domain = freshDomain()
      let heard = "/tmp/lh-alerts.\(UInt32.random(in: 0...UInt32.max))"
      defer { try? FileManager.default.removeItem(atPath: heard) }
      let relay = try Relay(
        entities: """
          [entity.acme]
          name = "Acme S.p.A."
          default = true
          [entity.other]
          """,
        more: """
          [alert]
          command = "cat >> \(heard)"
          mail_to = ["it@\(domain)"]
          mail_from_entity = "other"
          """)
      try await relay.connect("acme", to: "SMTP_TLS", of: rig, as: broken, password: "geheim-1").wentWell()
      try await relay.connect("other", to: "SMTP_TLS", of: rig, as: working, password: "geheim-1").wentWell()
      try await rig.setPassword(of: broken, to: "geheim-22")
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")

      try await eventually("the command was told") { alerts(in: heard).count == 1 }
      let raised = try #require(alerts(in: heard).first)
      #expect(raised["event"] as? String == "raised")
      #expect(raised["entity"] as? String == "acme")
      #expect(raised["address"] as? String == broken)
      #expect(raised["class"] as? String == "auth")
      #expect((raised["upstream"] as? String)?.contains("535") == true)
      #expect((raised["remedy"] as? String)?.contains("letterhead reconnect acme") == true)
      let mail = try #require(try await rig.arrivals(1, at: domain).first)
      #expect(mail.returnPath == "<\(working)>")
      #expect(mail.fields("Subject").first?.contains("Acme S.p.A.") == true, "\(mail.message)")
      #expect(mail.body.replacing("=\n", with: "").contains("letterhead reconnect acme"), "\(mail.message)")
      #expect(!mail.message.contains("geheim"))

      try await relay.end()
      try await relay.start()
      try await eventually("the flag is still up") { try relay.status().errorFlag }
      try await Task.sleep(for: .seconds(2))
      #expect(alerts(in: heard).count == 1, "a restart told what was known")

      try await relay.connect("acme", to: "SMTP_TLS", of: rig, as: broken, password: "geheim-22").wentWell()
      try await eventually("the command was told that the flag is down") { alerts(in: heard).count == 2 }
      #expect(alerts(in: heard).last?["event"] as? String == "cleared")
      #expect(try await rig.arrivals(2, at: domain).count == 2)
    }

    @Test func `is logged when the command fails or the mail has no way out`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay(
        more: """
          [alert]
          command = "echo no pager here >&2; exit 3"
          mail_to = ["it@there.test"]
          mail_from_entity = "acme"
          """)
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await rig.setPassword(of: address, to: "geheim-22")
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")
      try await eventually("both are logged") {
        relay.log.contains("exit status 3") && relay.log.contains("no pager here")
          && relay.log.contains("has no working connection")
      }
      #expect(relay.log.components(separatedBy: "exit status 3").count == 2)
    }

    @Test func `includes a request that was filed`() async throws {
      let heard = "/tmp/lh-alerts.\(UInt32.random(in: 0...UInt32.max))"
      defer { try? FileManager.default.removeItem(atPath: heard) }
      let relay = try Relay(
        more: "[admin]\napproval = \"required\"\n[alert]\ncommand = \"cat >> \(heard)\"")
      chmod(relay.directory.path, 0o755)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      let script = """
        import os, socket, sys
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
        s.sendall(b'{"version":2,"call":{"disconnectMailbox":{"_0":{"entity":"acme","justification":"We move"}}}}\\n')
        print(s.recv(65536).decode())
        """
      for _ in 0..<2 {
        let filed = try await run("python3", ["-c", script, relay.directory.path("admin.sock")]).wentWell()
        #expect(filed.output.contains("filed"), "\(filed)")
      }
      try await eventually("the command was told") { alerts(in: heard).count == 1 }
      #expect(alerts(in: heard).first?["event"] as? String == "request")
      #expect(alerts(in: heard).first?["user"] as? String == "nobody")
      try await Task.sleep(for: .seconds(1))
      #expect(alerts(in: heard).count == 1, "the same request was told twice")
    }

    /// What the command has heard, one object a line.
    private func alerts(in file: String) -> [[String: Any]] {
      let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }
  }
}
