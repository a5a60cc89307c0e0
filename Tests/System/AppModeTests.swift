// What becomes of an app's mail by its mode, and what a new configuration changes for apps that are connected.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The mail of an app` {
    private static let entity = "[entity.acme]\nname = \"Acme S.p.A.\"\ndefault = true\n"

    @Test func `is held, kept as a file, or redirected, as its mode says`() async throws {
      let rig = try await Rig.running
      let (address, domain) = (freshAddress(), freshDomain())
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay(
        entities: Self.entity + """
          [app.held]
          match = ["user:www-data"]
          mode = "hold"
          [app.kept]
          match = ["user:daemon"]
          mode = "sandbox"
          [app.turned]
          match = ["user:games"]
          mode = "redirect:test@\(domain)"
          """)
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      for (user, words) in [
        (
          "www-data",
          ["app held → entity acme, held: the default entity.\n", "  mode      hold: it is accepted, and waits"]
        ),
        ("daemon", ["app kept → entity acme: the default entity.\n", "sandbox: it is kept as a file"]),
        (
          "games",
          [
            "redirect:test@\(domain): everything goes there", "From      becomes \(address)",
            "1000 recipients a message",
          ]
        ),
      ] {
        let route = try await relay.letterhead("route", "--from", "a@\(domain)", "--user", user).wentWell()
        #expect(words.allSatisfy { route.output.contains($0) }, "\(route)")
      }
      #expect(try await relay.client("www-data").send(to: "held@\(domain)").hasPrefix("250"))
      #expect(try await relay.client("daemon").send(to: "kept@\(domain)").hasPrefix("250"))
      #expect(try await relay.client("games").send(to: "a@\(domain)", "b@\(domain)").hasPrefix("250"))
      let turned = try #require(try await rig.arrivals(1, at: domain).first)
      #expect(turned.recipient == "test@\(domain)")
      #expect(turned.fields("X-Original-To") == ["a@\(domain)", "b@\(domain)"], "\(turned.message)")
      let kept = try await relay.sandboxed(1)
      #expect(kept.count == 1 && kept[0].contains("X-Sandbox-Recipient: <kept@\(domain)>"), "\(kept)")
      #expect(kept[0].contains("<\(address)>"), "it looks as the mail would: \(kept)")
      let held = try #require(try await relay.json("queue").first)
      #expect((held["held_because"] as? String)?.contains("mode in [app.held]") == true, "\(held)")
      try await relay.letterhead("queue", "release", "--all").wentWell()
      #expect(try await rig.arrivals(2, at: domain).contains { $0.recipient == "held@\(domain)" })
    }

    @Test func `is judged by the newest configuration, in sessions that are open too`() async throws {
      let relay = try Relay(entities: Self.entity + "[app.web]\nmatch = [\"user:www-data\"]")
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      let session = try await relay.client("www-data").begin()
      func send(_ number: Int) async throws -> String {
        let lines = [
          "MAIL FROM:<n\(number)@b.test>", "RCPT TO:<n\(number)@d.test>", "DATA", "Subject: \(number)", ".", "HELP",
        ]
        for line in lines { try session.type(line) }
        try await eventually("the replies to message \(number)") {
          session.output.split(separator: "\n").count { $0.hasPrefix("214") } >= number
        }
        return session.output
      }
      try session.type("EHLO app.test")
      #expect(try await send(1).contains("Queued as 1"))
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      let match = "match = [\"user:www-data\"]"

      try await relay.reload(text.replacing(match, with: match + "\nmode = \"sandbox\""))
      #expect(try await send(2).contains("Queued as 2"))
      _ = try await relay.sandboxed(2)
      try await eventually("nothing is left") { try await relay.json("queue").isEmpty }

      try await relay.reload(text.replacing(match, with: match + "\nsenders = [\"n4@b.test\"]"))
      #expect(try await send(3).contains("550 5.7.1 App web may not use the sender <n3@b.test>"))
      #expect(try await send(4).contains("Queued as 3"))

      try await relay.reload(text.replacing(match, with: "match = [\"user:nobody\"]"))
      _ = try await send(5)
      #expect(try await relay.json("app", "pending").map { $0["key"] as? String } == ["uid:33"])
    }
  }
}

extension Relay {
  /// Replaces the configuration, and waits until it holds.
  func reload(_ text: String) async throws {
    let before = log.components(separatedBy: "event=reloaded").count
    try directory.write(text, to: "letterhead.toml")
    Foundation.kill(pid, SIGHUP)
    try await eventually("the configuration was reloaded") {
      log.components(separatedBy: "event=reloaded").count > before
    }
  }
}
