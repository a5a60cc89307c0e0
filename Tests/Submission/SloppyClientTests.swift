// Clients as they are: devices, scripts and old apps that read no RFC. All of them get their mail through.

import Message
import SMTP
import Support
import Testing

@testable import Submission

@Suite struct `Clients as they are` {
  @Test(arguments: Pieces.allWays)
  func `HELO only, lower case, no brackets, a space after the colon`(cut: Pieces) async throws {
    let mail = try await play(
      """
      S: 220 *
      C: helo scanner 3rd floor
      S: 250 relay.example
      C: mail from: scanner@acme.example
      S: 250 2.1.0 *
      C: rcpt to: ada@example.org
      S: 250 2.1.5 *
      C: data
      S: 354 *
      C: (body)
      S: 250 2.0.0 *
      C: quit
      S: 221 2.0.0 *
      (closes)
      """, cut: cut)
    #expect(mail.first?.envelope.sender?.text == "scanner@acme.example")
  }

  @Test(arguments: Pieces.allWays)
  func `commands and body in bare LF, the end in CRLF`(cut: Pieces) async throws {
    let mail = try await play(
      """
      S: 220 *
      C> "EHLO script\\n"
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE *
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      C> "MAIL FROM:<cron@acme.example>\\n"
      S: 250 *
      C> "RCPT TO:<ada@example.org>\\n"
      S: 250 *
      C> "DATA\\n"
      S: 354 *
      C> "Subject: lf\\n\\none\\n.. two\\nthree\\r\\n.\\r\\n"
      S: 250 *
      C> "QUIT\\n"
      S: 221 *
      (closes)
      """, cut: cut)
    #expect(mail.first?.asSent == "Subject: lf\r\n\r\none\r\n. two\r\nthree\r\n")
  }

  @Test func `cron's sender without a domain and an empty sender`() async throws {
    let mail = try await play(
      greeted + """
        C: MAIL FROM:<root>
        S: 250 *
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 250 *
        C: MAIL FROM:<>
        S: 250 *
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 250 *
        """ + quit)
    #expect(mail.map(\.envelope.sender?.text) == ["root", nil])
  }

  @Test(arguments: Pieces.allWays)
  func `a client that types LF all the way, and says no HELO`(cut: Pieces) async throws {
    let mail = try await play(
      """
      S: 220 *
      C> "MAIL FROM:<cron@acme.example>\\n"
      S: 250 *
      C> "RCPT TO:<ada@example.org>\\n"
      S: 250 *
      C> "DATA\\n"
      S: 354 *
      C> "Subject: lf\\n\\none\\n.\\n"
      S: 250 *
      C> "QUIT\\n"
      S: 221 *
      (closes)
      """, cut: cut)
    #expect(mail.map(\.asSent) == ["Subject: lf\r\n\r\none\r\n"])
  }

  /// A CR in a command, in the message itself, and in a chunk before: what looks like the end belongs to the message.
  @Test(arguments: [
    "C> \"NOOP\\r\\n\"\nS: 250 *\nC> \"DATA\\n\"\nS: 354 *\nC> \"one",
    "C> \"DATA\\n\"\nS: 354 *\nC> \"Subject: x\\r\\n\\none",
    "C> \"BDAT 2 LAST\\na\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 250 *\nS: 354 *\nC> \"one",
  ])
  func `who has sent one CR cannot be made to end a message with LF dot LF`(opening: String) async throws {
    for cut in Pieces.allWays {
      let mail = try await play(
        "S: 220 *\nC> \"HELO x\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\n\"\nS: 250 *\nS: 250 *\nS: 250 *\n" + opening
          + """
          \\n.\\nMAIL FROM:<evil@x>\\nRCPT TO:<victim@y>\\nDATA\\ntwo\\r\\n.\\r\\n"
          S: 250 *
          """ + quit, cut: cut)
      #expect(mail.last?.asSent.contains("\r\n.\r\nMAIL FROM:<evil@x>\r\n") == true)
      #expect(mail.allSatisfy { $0.envelope.sender?.text == "a@b" })
    }
  }

  @Test func `a recipient that is named twice gets one copy`() async throws {
    let again = "C: RCPT TO:<ada@EXAMPLE.org>\nS: 250 *\nC: RCPT TO:<Ada <ada@example.org.>>\nS: 250 *\n"
    let mail = try await play(
      opened + again + "C: RCPT TO:<Ada@example.org>\nS: 250 *\nC: DATA\nS: 354 *\nC: (body)\nS: 250 *" + quit)
    #expect(mail.first?.envelope.recipients.map(\.text) == ["ada@example.org", "Ada@example.org"])
  }

  @Test func `mail to root goes to whom the entity names`() async throws {
    let recipients = "C: RCPT TO:<root>\nS: 250 *\nC: RCPT TO:<it@acme.example>\nS: 250 *\nC: RCPT TO:cron\nS: 250 *\n"
    let mail = try await play(opened + recipients + "C: DATA\nS: 354 *\nC: (body)\nS: 250 *" + quit)
    #expect(mail.first?.envelope.recipients.map(\.text) == ["ada@example.org", "it@acme.example"])
  }

  @Test func `where the entity names nobody, root is refused with the key to configure`() async throws {
    let nobody = RecordedMail(localRecipients: [])
    try await play(
      opened
        + "C: RCPT TO:<root>\nS: 550 5.1.2 <root> has no domain: name who gets such mail in `local_recipients` or *"
        + quit, to: nobody)
    // Known only when the header has come.
    let mail = try await play(
      greeted + """
        C: MAIL FROM:<www-data@web01>
        S: 250 *
        C: RCPT TO:<root>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 550 5.1.2 <root> has no domain: *
        """ + quit, to: nobody, body: "From: a@brand.example\r\n\r\nx\r\n")
    #expect(mail.isEmpty)
  }

  @Test func `QUIT in one packet with the message, and gone before the answer`() async throws {
    let intake = RecordedMail()
    try await play(
      opened + """
        C: DATA
        S: 354 *
        C> "Subject: x\\r\\n\\r\\nbye\\r\\n.\\r\\nQUIT\\r\\n"
        C: (closes)
        """, to: intake)
    #expect(intake.kept.count == 1)
  }

  @Test func `a message without a header, with NUL in it, or empty`() async throws {
    let mail = try await play(
      opened + """
        C: DATA
        S: 354 *
        C> "no header here\\r\\nat all\\0\\r\\n.\\r\\n"
        S: 250 *
        C: MAIL FROM:<root>
        S: 250 *
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C> ".\\r\\n"
        S: 250 *
        """ + quit)
    #expect(mail.map(\.asSent) == ["no header here\r\nat all\r\n", ""])
  }

  /// NUL will not be kept, so it does not count as the first octet.
  @Test(arguments: ["\\0 Bcc: x@y", "\\0\\0\\t hidden", " hidden", "\\0From: a@b.example"], Pieces.allWays)
  func `the first line of a message never continues our Received line`(first: String, cut: Pieces) async throws {
    let mail = try await play(
      opened + "C: DATA\nS: 354 *\nC> \"\(first)\\r\\n\\r\\nx\\r\\n.\\r\\n\"\nS: 250 *" + quit, cut: cut)
    let octets = try #require(mail.first).octets
    let received = Header(parsing: octets).fields[0]
    #expect(!String(decoding: received.bytes, as: UTF8.self).contains("hidden"))
    #expect(!String(decoding: received.bytes, as: UTF8.self).contains("Bcc"))
    #expect(!octets.contains(0))
  }

  @Test func `VRFY, EXPN, HELP, AUTH and HTTP get clear answers`() async throws {
    try await play(
      greeted + """
        C: VRFY ada
        S: 252 2.1.5 *
        C: EXPN staff
        S: 502 5.5.1 *
        C: HELP
        S: 214 2.0.0 *
        C: AUTH PLAIN AGEAYg==
        S: 502 5.5.1 *
        C: GET / HTTP/1.1
        S: 554 5.5.1 *
        (closes)
        """)
  }
}
