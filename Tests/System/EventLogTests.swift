// What the relay's log says of messages and people, as a real relay writes it.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The log` {
    private func relay(_ more: String) async throws -> Relay {
      let relay = try Relay(more: more)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    /// The lines of one event, read by python: that is not ours.
    private func lines(_ event: String, of relay: Relay) async throws -> [[String: Any]] {
      let program = """
        import json, sys
        lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
        json.dump([line for line in lines if line["event"] == sys.argv[2]], sys.stdout)
        """
      let read = try await run("python3", ["-c", program, relay.directory.path("serve.log"), event]).wentWell()
      return try #require(try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [[String: Any]])
    }

    @Test func `tells a message's life in three lines, which a program can read`() async throws {
      let relay = try await relay("log_format = \"json\"\nlog_addresses = \"domain\"")
      try await relay.send(to: "ada@example.org")
      try await eventually("it is delivered") { relay.log.contains("\"event\":\"delivered\"") }
      for event in ["accepted", "attempt", "delivered"] {
        let line = try #require(try await lines(event, of: relay).first)
        #expect(line["id"] as? Int == 1 && line["entity"] as? String == "acme", "\(line)")
        #expect(line["recipients"] as? String == "*@example.org", "\(line)")
        #expect((line["sender"] as? String)?.hasPrefix("*@") == true, "\(line)")
      }
      #expect(!relay.log.contains("ada@"))
    }

    @Test func `and the audit list tell who did what to the queue, also while no relay runs`() async throws {
      let relay = try await relay("log_format = \"json\"")
      for verb in ["reconnect", "disconnect"] { try await relay.letterhead(verb, "acme").wentWell() }
      try await relay.send(to: "ada@example.org")
      try await relay.letterhead("queue", "hold", "1").wentWell()
      let held = try #require(try await lines("operator", of: relay).last)
      #expect(held["act"] as? String == "queue hold" && held["ids"] as? String == "1", "\(held)")
      #expect(held["uid"] as? Int == Int(getuid()) && held["entity"] as? String == "acme", "\(held)")
      let acts = try await lines("operator", of: relay).map { $0["act"] as? String }
      #expect(acts == ["reconnect", "disconnect", "queue hold"])
      try await relay.end()
      try await relay.letterhead("queue", "delete", "1").wentWell()
      let audit = try await relay.json("audit")
      let verbs = audit.map { $0["verb"] as? String }
      #expect(verbs == ["delete", "stop", "hold", "disconnect", "reconnect", "connect"], "\(audit)")
      #expect(audit.first?["detail"] as? String == "1 message: 1" && audit.first?["entity"] as? String == "acme")
    }

    @Test func `follows level, format and addresses at a reload`() async throws {
      let relay = try await relay("log_level = \"warning\"")
      #expect(relay.log.isEmpty, "\(relay.log)")
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(
        text.replacing("log_level = \"warning\"", with: "log_format = \"json\""), to: "letterhead.toml")
      kill(relay.pid, SIGHUP)
      try await eventually("it is reloaded") { relay.log.contains("\"event\":\"reloaded\"") }
      #expect(relay.log.hasPrefix("{\"time\":\""))
    }
  }
}
