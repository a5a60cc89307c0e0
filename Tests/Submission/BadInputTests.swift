// Bad input gets a clear answer. Lines that are not Submission's are tested where
// they live: an entity not connected yet in SpoolIntakeTests; a configuration error in LetterheadTests; an outage at
// start in SystemTests.

import Message
import SMTP
import Support
import Testing

@testable import Submission

@Suite struct `Bad input gets a clear answer` {
  @Test func `no entity fits: 550 names the sender and the key to configure`() async throws {
    let mail = try await play(
      greeted + """
        C: MAIL FROM:<a@nobody.example>
        S: 550 5.7.1 No entity sends as <a@nobody.example>: add it to an entity's `senders` in the configuration, or *
        C: RCPT TO:<ada@example.org>
        S: 503 5.5.1 *
        """ + quit)
    #expect(mail.isEmpty)
  }

  @Test func `a message announced too large is refused at MAIL`() async throws {
    try await play(
      greeted + """
        C: MAIL FROM:<erp@acme.example> SIZE=52428801
        S: 552 5.3.4 *
        C: MAIL FROM:<erp@acme.example> SIZE=52428800
        S: 250 2.1.0 *
        """ + quit)
  }

  @Test(arguments: [1000, 300_000])
  func `a message that turns out too large is read to its end and stored nowhere`(most: Int) async throws {
    var limits = SubmissionLimits()
    limits.maxMessageOctets = most
    let line = String(repeating: "x", count: 98) + "\r\n"
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C: (body)
        S: 552 5.3.4 *
        C: NOOP
        S: 250 2.0.0 *
        """ + quit, limits: limits, body: "Subject: big\r\n\r\n" + String(repeating: line, count: 4000))
    #expect(mail.isEmpty)
  }

  @Test(arguments: [(IntakeError.full, "Disk nearly full"), (.unwritable("EIO"), "The message cannot be stored now")])
  func `a disk that is full or fails means 452, and the session goes on`(_ error: IntakeError, words: String)
    async throws
  {
    let intake = RecordedMail()
    intake.fail(with: error)
    for octets in [100, 400_000] {
      let body =
        "Subject: x\r\n\r\n" + String(repeating: "0123456789012345678901234567890123456789\r\n", count: octets / 42)
      let mail = try await play(
        opened + """
          C: DATA
          S: 354 *
          C: (body)
          S: 452 4.3.1 \(words)*
          C: NOOP
          S: 250 2.0.0 *
          """ + quit, to: intake, body: body)
      #expect(mail.isEmpty)
    }
  }

  @Test func `one connection too many hears 421, over all listeners, until a place is free`() async throws {
    var limits = SubmissionLimits()
    limits.maxConnections = 1
    try await withServer(RecordedMail(), limits: limits) { server, _ in
      let context = server.context
      try await ScriptedClient.play("S: 220 *\nC: NOOP\nS: 250 *" + quit, to: server.endpoint)
      // Its place is free a moment after its 221.
      while context.connections.taken > 0 { try await Task.sleep(for: .milliseconds(1)) }
      #expect(context.connections.take())
      try await ScriptedClient.play("S: 421 4.7.0 Too many connections*\n(closes)", to: server.endpoint)
      context.connections.giveBack()
      try await ScriptedClient.play("S: 220 *" + quit, to: server.endpoint)
    }
  }

  @Test func `one recipient too many hears 452 and the others get their mail`() async throws {
    var limits = SubmissionLimits()
    limits.maxRecipients = 2
    let mail = try await play(
      opened + """
        C: RCPT TO:<bob@example.org>
        S: 250 2.1.5 *
        C: RCPT TO:<cy@example.org>
        S: 452 4.5.3 *
        C: DATA
        S: 354 *
        C: (body)
        S: 250 2.0.0 *
        """ + quit, limits: limits)
    #expect(mail.first?.envelope.recipients.map(\.localPart) == ["ada", "bob"])
  }

  @Test func `the twentieth error ends the session with 421`() async throws {
    let error = "C: XYZZY\nS: 500 *\n"
    try await play(greeted + String(repeating: error, count: 19) + "C: XYZZY\nS: 421 4.7.0 *\n(closes)")
  }

  @Test(arguments: [
    ("\"MAIL FROM:<MUCH@acme.example>\\r\\n\"", "500 5.5.6 *"),
    ("\"NOOP\\0\\r\\n\"", "500 5.5.2 *"),
    ("\"XYZZY\\r\\n\"", "500 5.5.1 *"),
    ("\"MAIL FROM:<two@acme.example\\r\\n\"", "501 *"),
    ("\"RCPT TO:<two words@acme.example>\\r\\n\"", "501 *"),
    ("\"MAIL\\r\\n\"", "501 *"),
  ])
  func `a line that is no command is answered and the session stays in step`(line: String, answer: String) async throws
  {
    let line = line.replacing("MUCH", with: String(repeating: "a", count: 9000))
    for cut in [Pieces.whole, .octetByOctet] {
      let mail = try await play(
        greeted + """
          C> \(line)
          S: \(answer)
          C: MAIL FROM:<erp@acme.example>
          S: 250 2.1.0 *
          C: RCPT TO:<ada@example.org>
          S: 250 2.1.5 *
          C: DATA
          S: 354 *
          C: (body)
          S: 250 2.0.0 *
          """ + quit, cut: cut)
      #expect(mail.count == 1)
    }
  }

  @Test(arguments: Pieces.allWays)
  func `only CRLF dot CRLF ends a message, and bare line ends are made whole`(cut: Pieces) async throws {
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C> "Subject: smuggled\\r\\n\\r\\none\\n.\\nMAIL FROM:<x@evil.example>\\r\\ntwo\\n.\\r\\nthree\\r.\\r\\r\\n.\\rfour\\r\\n.\\r\\n"
        S: 250 2.0.0 Queued as 1
        """ + quit, cut: cut)
    let message = try #require(mail.first)
    #expect(mail.count == 1)
    let body = message.asSent
    #expect(body.contains("MAIL FROM:<x@evil.example>\r\ntwo\r\n"))
    #expect(body.hasSuffix("four\r\n"))
    #expect(!body.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
  }

  @Test func `octets behind STARTTLS in the same packet are dropped with the session`() async throws {
    let mail = try await play(
      """
      S: 220 *
      C> "EHLO erp\\r\\n"
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE *
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250-CHUNKING
      S: 250 STARTTLS
      C> "STARTTLS\\r\\nMAIL FROM:<x@evil.example>\\r\\n"
      S: 554 5.5.1 *
      (closes)
      """, settings: ListenerSettings(address: "127.0.0.1:0", security: .starttls), certificate: .good)
    #expect(mail.isEmpty)
  }
}

/// From the banner to a client that has said its name.
let greeted = """
  S: 220 relay.example *
  C: HELO erp
  S: 250 relay.example

  """
