// Mail of clients that are no app: held until somebody decides, or refused.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Mail of an unknown client` {
    private static let entity = "[entity.acme]\nname = \"Acme S.p.A.\"\ndefault = true\n"

    @Test func `waits, and goes out once and in order when its sender is approved`() async throws {
      let relay = try Relay(
        entities: Self.entity + "[access]\nunknown = \"hold\"\nunknown_max_messages = 3")
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      let client = relay.client("www-data")
      for number in 1...3 {
        #expect(try await client.send(to: "n\(number)@d.test").hasPrefix("250"))
      }
      for user in ["www-data", "games"] {
        let full = try await relay.client(user).send(to: "n4@d.test")
        #expect(full.hasPrefix("451 4.7.1") && full.contains("letterhead app pending"), "\(full)")
      }
      let named = "letterhead app pending --config \(relay.configuration)"
      #expect(relay.log.contains(named), "the line of a held message")
      let route = try await relay.letterhead("route", "--from", "erp@localhost", "--user", "www-data")
      #expect(route.output.contains(named), "\(route)")
      let pending = try #require(try await relay.json("app", "pending").first)
      #expect(pending["key"] as? String == "uid:33" && pending["count"] as? Int == 3, "\(pending)")
      #expect(
        pending["listener"] as? String == "127.0.0.1:\(relay.port)" && pending["sender"] as? String == "erp@localhost")
      try await eventually("the problem is told") { try relay.status().problems.map(\.class) == ["pending"] }
      let status = try await relay.letterhead("status")
      #expect(status.status == 1 && status.output.contains("letterhead app pending"), "\(status)")
      #expect(relay.sandboxed.isEmpty)

      try await relay.letterhead("app", "approve", "uid:33", "--name", "web", "--entity", "acme").wentWell()
      #expect(try await client.send(to: "n4@d.test").hasPrefix("250"))
      let files = try await relay.sandboxed(4)
      #expect(files.count == 4 && zip(1..., files).allSatisfy { $1.contains("n\($0)@d.test") })
      #expect(files[3].contains("from app web (uid 33"), "\(files[3])")
      try await eventually("nothing is wrong") { try relay.status().problems.isEmpty }
      #expect(try await relay.json("app", "list").map { $0["is_approved_here"] as? Bool } == [true])
    }

    @Test func `fails with one report when its sender is denied, and approving the sender undoes that`() async throws {
      let relay = try Relay(
        entities: Self.entity + "[access]\nunknown = \"hold\"",
        more: "[alert]\nmail_to = [\"it@d.test\"]\nmail_from_entity = \"acme\"")
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      let client = relay.client("games")
      for number in 1...2 { #expect(try await client.send(to: "n\(number)@d.test").hasPrefix("250")) }
      try await relay.letterhead("app", "deny", "uid:5").wentWell()
      let refused = try await client.send(to: "n3@d.test")
      #expect(refused.hasPrefix("550 5.7.1 An administrator has denied uid 5"), "\(refused)")
      try await eventually("a report") { relay.sandboxed.contains { $0.contains("has denied uid 5") } }
      #expect(!relay.sandboxed.contains { $0.contains("X-Sandbox-Recipient: <n") })
      #expect(try await relay.json("queue").map { $0["state"] as? String } == ["failed", "failed"])
      try await relay.letterhead("app", "approve", "uid:5", "--name", "play", "--entity", "acme").wentWell()
      #expect(try await client.send(to: "n4@d.test").hasPrefix("250"))
      try await eventually("it goes out") { relay.sandboxed.contains { $0.contains("X-Sandbox-Recipient: <n4@") } }
    }

    @Test func `is refused in words that tell what to configure, where it is not wanted; each listener has its say`()
      async throws
    {
      let lenient = Ports.unused()
      let relay = try Relay(
        entities: Self.entity + "[access]\nunknown = \"refuse\"",
        listener: "[[listener]]\naddress = \"127.0.0.1:\(lenient)\"\nunknown = \"allow\"")
      try await relay.start()
      let replies = try await relay.client("www-data").say("EHLO app.test", "MAIL FROM:<a@b.test>")
      let refused = try #require(replies.last)
      #expect(refused.hasPrefix("550 5.7.1 No app matches uid 33: "), "\(refused)")
      #expect(refused.contains("match = [\"user:www-data\"]"), "\(refused)")
      let client = LocalClient(place: "127.0.0.1:\(lenient)", user: "www-data")
      #expect(try await client.send(to: "c@d.test").hasPrefix("250"))
      #expect(try await relay.json("queue").map { $0["entity"] as? String } == ["acme"])
    }
  }
}
