// Each kind of bad input and the clear answer to it, at the real binary.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Bad input gets a clear answer` {
    private static let hello = "S: 220 *\nC: HELO app\nS: 250 *\n"
    private static let envelope = """
      C: MAIL FROM:<erp@localhost>
      S: 250 *
      C: RCPT TO:<ada@there.test>
      S: 250 *

      """

    private func play(_ script: String, _ relay: Relay, body: String = "Subject: a\r\n\r\nb\r\n") async throws {
      try await relay.start()
      try await ScriptedClient.play(Self.hello + script, to: relay.endpoint, body: Array(body.utf8))
    }

    @Test func `no entity fits`() async throws {
      let relay = try Relay(entities: "[entity.acme]\nsenders = [\"*@acme.test\"]")
      try await relay.start()
      let conversation = try await ScriptedClient.play(
        Self.hello + """
          C: MAIL FROM:<a@nobody.test>
          S: 250 *
          C: RCPT TO:<ada@there.test>
          S: 250 *
          C: DATA
          S: 354 *
          C: (body)
          S: 550 5.7.1 *
          """, to: relay.endpoint)
      #expect(try relay.entity().queue.queued == 0)
      let answer = conversation.heard.last ?? ""
      #expect(answer.contains("a@nobody.test") && answer.contains("senders"), "\(answer)")
    }

    @Test func `an entity that is not connected yet`() async throws {
      let relay = try Relay()
      try await play(Self.envelope + "C: DATA\nS: 354 *\nC: (body)\nS: 250 *", relay)
      try await eventually("held") { try relay.entity().queue.held == 1 && relay.entity().state == "disconnected" }
    }

    @Test func `a message that says it is too large, and one that is`() async throws {
      let relay = try Relay(limits: "max_message_bytes = 10000")
      try await play(
        """
        C: EHLO app
        S: 250-*
        S: 250-PIPELINING
        S: 250-SIZE 10000
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250 CHUNKING
        C: MAIL FROM:<erp@localhost> SIZE=10001
        S: 552 5.3.4 *

        """ + Self.envelope + "C: DATA\nS: 354 *\nC: (body)\nS: 552 5.3.4 *\nC: NOOP\nS: 250 *", relay,
        body: String(repeating: "0123456789\r\n", count: 2_000))
      #expect(try relay.entity().queue.queued == 0)
    }

    @Test func `a disk that is nearly full`() async throws {
      let relay = try Relay(limits: "queue_min_free = \"1000000G\"")
      try await play(Self.envelope + "C: DATA\nS: 354 *\nC: (body)\nS: 452 4.3.1 *\nC: NOOP\nS: 250 *", relay)
      #expect(try relay.entity().queue.queued == 0)
    }

    @Test func `too many recipients`() async throws {
      let relay = try Relay(limits: "max_recipients = 100")
      let allowed = (2...100).map { "C: RCPT TO:<n\($0)@there.test>\nS: 250 *\n" }.joined()
      let more = allowed + "C: RCPT TO:<n101@there.test>\nS: 452 4.5.3 *\n"
      try await play(Self.envelope + more + "C: DATA\nS: 354 *\nC: (body)\nS: 250 *", relay)
    }

    @Test func `too many connections`() async throws {
      let relay = try Relay(limits: "max_connections = 2")
      try await relay.start()
      try await ScriptedClient.holding(["S: 220 *", "S: 220 *"], at: relay.endpoint) {
        try await ScriptedClient.play("S: 421 4.7.0 *\nS: (closes)", to: relay.endpoint)
      }
      try await eventually("a place is free") {
        (try? await ScriptedClient.play("S: 220 *", to: relay.endpoint)) != nil
      }
    }

    @Test func `too many errors`() async throws {
      let relay = try Relay()
      try await relay.start()
      let conversation = try? await ScriptedClient.play(
        "S: 220 *\n" + String(repeating: "C: XYZZY\nS: 5*\n", count: 200), to: relay.endpoint)
      #expect(conversation == nil, "200 errors and still talking")
    }

    @Test func `nothing that an app says steers the terminal of whoever reads the queue`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await ScriptedClient.play(
        Self.hello + """
          C> "MAIL FROM:<\\xe2\\x80\\xaea\\xc2\\x9b2J@c.test>\\r\\n"
          S: 250 *
          C: RCPT TO:<ada@there.test>
          S: 250 *
          C: DATA
          S: 354 *
          C> "Subject: \\x1b]52;c;aGk=\\x07\\r\\nX: \\xc2\\x9b1m\\xe2\\x81\\xa6\\r\\n\\r\\nx\\r\\n.\\r\\n"
          S: 250 *
          """, to: relay.endpoint)
      let id = try #require(
        try await relay.letterhead("queue", "--json").output.firstMatch(of: /"id" : (\d+)/)?.output.1)
      for shown in [
        try await relay.letterhead("queue"), try await relay.letterhead("queue", "--json"),
        try await relay.letterhead("queue", "show", String(id)),
        try await relay.letterhead("queue", "show", String(id), "--json"),
      ] {
        try shown.wentWell()
        let steering = "\u{1B}\u{07}\u{9B}\u{202E}\u{2066}".unicodeScalars
        #expect(!shown.output.unicodeScalars.contains(where: steering.contains), "\(shown.command)")
        #expect(shown.output.lowercased().contains("9b"), "\(shown.command)")
      }
    }

    @Test(arguments: [
      ("C> \"MAIL FROM:<a\\0b@c.test>\\r\\n\"", "50"), ("C: XYZZY", "500"), ("C: MAIL FROM:<a@c.test", "501"),
    ])
    func `a line that cannot be understood keeps the session in step`(line: String, code: String) async throws {
      let relay = try Relay()
      try await play("\(line)\nS: \(code)*\nC: NOOP\nS: 250 *", relay)
    }

    @Test func `a line without end keeps the session in step`() async throws {
      try await play("C: NOOP \(String(repeating: "x", count: 100_000))\nS: 500 *\nC: NOOP\nS: 250 *", try Relay())
    }

    @Test func `a bare line end never ends the message`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress())
      let domain = freshDomain()
      let smuggled =
        "MAIL FROM:<x@y.test>\\r\\nRCPT TO:<evil@\(domain)>\\r\\nDATA\\r\\nSubject: evil\\r\\n\\r\\nx\\r\\n"
      for (number, end) in ["\\n.\\n", "\\n.\\r\\n", "\\r.\\r", "\\r.\\r\\n", "\\r\\n.\\n"].enumerated() {
        try await ScriptedClient.play(
          Self.hello + """
            C: MAIL FROM:<erp@localhost>
            S: 250 *
            C: RCPT TO:<n\(number)@\(domain)>
            S: 250 *
            C: DATA
            S: 354 *
            C> "Subject: a\\r\\n\\r\\nbefore\(end)\(smuggled).\\r\\n"
            S: 250 *
            C: NOOP
            S: 250 *
            """, to: relay.endpoint)
      }
      let arrived = try await rig.arrivals(5, at: domain)
      #expect(Set(arrived.map(\.recipient)) == Set((0..<5).map { "n\($0)@\(domain)" }))
      #expect(arrived.allSatisfy { $0.body.contains("Subject: evil") })
    }

    @Test func `bytes behind STARTTLS are dropped with the session`() async throws {
      let directory = try TemporaryDirectory()
      try await run("\(Checkout.path)/Certs/make-certs", [directory.path("certs")]).wentWell()
      let certificate =
        "certificate = \"\(directory.path("certs/good.pem"))\"\nkey = \"\(directory.path("certs/good.key"))\""
      let relay = try Relay(listener: "security = \"starttls\"\n\(certificate)")
      try await play("C> \"STARTTLS\\r\\nNOOP\\r\\n\"\nS: 554 5.5.1 *\nS: (closes)", relay)
      try await ScriptedClient.play(
        Self.hello + "C: STARTTLS\nS: 220 *\n(starts TLS)\nC: HELO app\nS: 250 *", to: relay.endpoint)
    }
  }
}
