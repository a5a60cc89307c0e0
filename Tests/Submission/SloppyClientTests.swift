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
