// Who is let in, how long a client may take, and how a session ends that its client did not end.

import Access
import Logging
import SMTP
import Sockets
import Support
import Testing

@testable import Submission

@Suite struct `A client that connects` {
  @Test func `a client of a network not allowed hears which key would let it in`() async throws {
    // 127.0.0.1 is always allowed, so its server is looked at directly.
    let settings = ListenerSettings(address: "0.0.0.0:2525", allow: ["192.168.1.0/24"].compactMap(ClientNetwork.init))
    #expect(!settings.serves("192.168.2.1"))
    #expect(Reply.clientNotAllowed.text.hasPrefix("554 5.7.1"))
    #expect(Reply.clientNotAllowed.text.contains("`allow`"))
  }

  /// As `printf … | nc` sends it, in LF or CRLF: all of it before the banner, or while that is on its way.
  @Test(arguments: ["\\n", "\\r\\n"])
  func `who talks before the banner is answered in order`(end: String) async throws {
    let lines = [
      "HELO early", "MAIL FROM:<x@acme.example>", "RCPT TO:<ada@example.org>", "DATA", "Subject: x", "", "hi",
    ]
    let mail = try await play(
      """
      C> "\((lines + [".", "QUIT"]).map { $0 + end }.joined())"
      S: 220 *
      S: 250 *
      S: 250 *
      S: 250 *
      S: 354 *
      S: 250 2.0.0 *
      S: 221 *
      (closes)
      """)
    #expect(mail.map(\.asSent) == ["Subject: x\r\n\r\nhi\r\n"])
  }

  /// A browser, another verb of HTTP, a TLS client. What follows is not read.
  @Test(
    arguments: [
      "\"GET / HTTP/1.1\\r\\nHELO x\\r\\n\"", "\"PROPFIND / HTTP/1.1\\r\\nHELO x\\r\\n\"", "\"\\x16\\x03\\x01\\x02\"",
    ], [Pieces.whole, .octetByOctet])
  func `who does not speak SMTP is closed at once, and the log says so`(words: String, cut: Pieces) async throws {
    let lines = Lines()
    let mail = try await play("C> \(words)\nS: 220 *\nS: 554 5.5.1 *\n(closes)", cut: cut, log: lines.logger)
    #expect(mail.isEmpty)
    #expect(lines.all.map(\.message) == ["refused"])
    #expect(lines.all.first?.metadata["client"] == "127.0.0.1")
  }

  @Test func `everything on a listener with an entity is that entity's`() async throws {
    let settings = ListenerSettings(address: "[::1]:0", entity: "blue")
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 *
        """ + quit, settings: settings)
    #expect(mail.first?.entity == "blue")
  }

  @Test func `a client that dribbles one line is left with 421`() async throws {
    var limits = SubmissionLimits()
    limits.commandTimeout = .seconds(1)
    let dribble = "C> \"N\"\n(waits 0.4 seconds)\n"
    try await play("S: 220 *\n" + String(repeating: dribble, count: 4) + "S: 421 4.4.2 *\n(closes)", limits: limits)
  }

  @Test func `clients stuck in every phase keep nobody else waiting`() async throws {
    let mail = RecordedMail()
    try await withServer(mail) { server, _ in
      let endpoint = server.endpoint
      let openings = ["S: 220 *", "S: 220 *\nC> \"EH\"", opened, opened + "C: DATA\nS: 354 *\nC: half"]
      try await ScriptedClient.holding(openings, at: endpoint) {
        try await ScriptedClient.play(
          opened + "C: DATA\nS: 354 *\nC: (body)\nS: 250 *" + quit, to: endpoint)
        #expect(mail.kept.count == 1 && server.context.openConnections >= openings.count)
      }
    }
  }

  @Test func `silence inside a body is ended with 421 and nothing is stored`() async throws {
    var limits = SubmissionLimits()
    limits.bodyPauseTimeout = .milliseconds(200)
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: Subject: half
        S: 421 4.4.2 *
        (closes)
        """, limits: limits)
    #expect(mail.isEmpty)
  }

  @Test func `a client whose dot ended nothing is told how a message ends, and so is the log`() async throws {
    var limits = SubmissionLimits()
    limits.bodyPauseTimeout = .milliseconds(200)
    let lines = Lines()
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C> "Subject: x\\n\\nhi\\n.\\n"
        S: 421 4.4.2 The end of the message did not come: a line with one dot ended in LF alone*
        (closes)
        """, limits: limits, log: lines.logger)
    #expect(mail.isEmpty)
    #expect(lines.all.last?.metadata["reply"]?.description.contains("LF alone") == true)
  }

  @Test func `a body that only drips is ended though it is never silent for long`() async throws {
    var limits = SubmissionLimits()
    limits.bodyGrace = .milliseconds(300)
    limits.bodyOctetsPerSecond = 1000
    let drip = "C: x\n(waits 0.1 seconds)\n"
    let mail = try await play(
      opened + "C: DATA\nS: 354 *\n" + String(repeating: drip, count: 4) + """
        S: 421 4.4.2 *
        (closes)
        """, limits: limits)
    #expect(mail.isEmpty)
  }

  @Test func `when nearly all places are taken idlers make room`() async throws {
    var limits = SubmissionLimits()
    limits.maxConnections = 8
    limits.crowdedTimeout = .milliseconds(200)
    try await withServer(RecordedMail(), limits: limits) { server, _ in
      let context = server.context
      for _ in 0..<6 { #expect(context.connections.take()) }
      try await ScriptedClient.play("S: 220 *\nS: 421 4.4.2 *\n(closes)", to: server.endpoint)
      context.connections.giveBack(6)
    }
  }

  @Test func `stopping tells idle sessions 421 at once and lets a message in hand come to its end`() async throws {
    let intake = RecordedMail(holdsBack: true)
    try await withServer(intake) { server, stop in
      async let idle = ScriptedClient.play("S: 220 *\nS: 421 4.3.2 *\n(closes)", to: server.endpoint)
      async let busy = ScriptedClient.play(
        opened + "C: DATA\nS: 354 *\nC: (body)\nS: 250 2.0.0 Queued as 1\nS: 421 4.3.2 *\n(closes)",
        to: server.endpoint)
      try await until { intake.isHoldingBack && server.context.openConnections == 2 }
      async let stopped: Void = stop(.seconds(60))
      _ = try await idle
      intake.letGo()
      _ = try await busy
      await stopped
      #expect(intake.kept.count == 1)
    }
  }

  @Test func `stopping does not wait for ever for the rest of a message`() async throws {
    let intake = RecordedMail()
    try await withServer(intake) { server, stop in
      let half = "Subject: half\\r\\n\\r\\n" + String(repeating: "0123456789\\r\\n", count: 30_000)
      async let stuck = ScriptedClient.play(
        opened + "C: DATA\nS: 354 *\nC> \"\(half)\"\nS: 421 4.3.2 *\n(closes)", to: server.endpoint)
      try await until { intake.unfinishedBodies == 1 }
      await stop(.milliseconds(100))
      _ = try await stuck
      try await until { intake.unfinishedBodies == 0 }
    }
  }
}

@Suite struct `TLS at a listener` {
  private static let startTLS = ListenerSettings(address: "127.0.0.1:0", security: .starttls)

  @Test func `after STARTTLS the client begins anew, and the trace says so`() async throws {
    let mail = try await play(
      """
      S: 220 *
      C: HELO plain
      S: 250 relay.example
      C: STARTTLS
      S: 220 2.0.0 *
      (starts TLS)
      C: RCPT TO:<ada@example.org>
      S: 503 5.5.1 *
      C: EHLO erp
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE *
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      C: STARTTLS
      S: 503 5.5.1 *
      C: MAIL FROM:<erp@acme.example>
      S: 250 *
      C: RCPT TO:<ada@example.org>
      S: 250 *
      C: DATA
      S: 354 *
      C: (body)
      S: 250 2.0.0 *
      """ + quit, settings: Self.startTLS, certificate: .good)
    let top = String(decoding: try #require(mail.first).octets.prefix(300), as: UTF8.self)
    #expect(top.contains("with ESMTPS"))
  }

  @Test(arguments: Pieces.allWays)
  func `a listener with implicit TLS`(cut: Pieces) async throws {
    let settings = ListenerSettings(address: "127.0.0.1:0", security: .tls)
    let mail = try await play(
      "(starts TLS)\n" + opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, settings: settings, certificate: .good,
      body: "Subject: x\r\n\r\n" + String(repeating: "line\r\n", count: 300), cut: cut)
    #expect(mail.count == 1)
  }

  @Test func `a client that breaks the handshake is dropped and its place is free again`() async throws {
    try await withServer(RecordedMail(), settings: Self.startTLS, certificate: .good) { server, _ in
      try await ScriptedClient.play(
        """
        S: 220 *
        C: STARTTLS
        S: 220 2.0.0 *
        C> "MAIL FROM:<x@evil.example>\\r\\n"
        (closes)
        """, to: server.endpoint)
      try await ScriptedClient.play("S: 220 *" + quit, to: server.endpoint)
    }
  }
}
