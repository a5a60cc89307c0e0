// The conversation that a client leads, as transcripts. Each is fed whole, octet by octet and cut at random.

import SMTP
import Support
import Testing

private let greeted = """
  S: 220 relay.example ESMTP Letterhead
  C: HELO app
  S: 250 relay.example

  """

private let opened =
  greeted + """
    C: MAIL FROM:<erp@localhost>
    S: 250 2.1.0 *
    C: RCPT TO:<ada@example.org>
    S: 250 2.1.5 *

    """

@Suite struct ServerDialogueTests {
  @Test func `a message comes in`() throws {
    let kept = try rehearse(
      """
      S: 220 relay.example ESMTP Letterhead
      C: EHLO app.local
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      C: MAIL FROM:<erp@localhost> SIZE=20 BODY=8BITMIME
      S: 250 2.1.0 *
      C: RCPT TO:<ada@example.org>
      S: 250 2.1.5 *
      C: RCPT TO:<bob@example.org>
      S: 250 2.1.5 *
      C: DATA
      S: 354 End data with <CR><LF>.<CR><LF>
      C> "Subject: x\\r\\n\\r\\n..dot\\r\\n.\\r\\n"
      S: 250 2.0.0 Queued as 1
      C: QUIT
      S: 221 2.0.0 Goodbye
      """, closes: true)
    let message = Rehearsed.Kept(
      sender: "erp@localhost", recipients: ["ada@example.org", "bob@example.org"], body: "Subject: x\r\n\r\n.dot\r\n")
    #expect(kept == [message])
  }

  @Test func `a client that says everything at once gets its replies in order`() throws {
    let kept = try rehearse(
      greeted + """
        C> "MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\\r\\none\\r\\n.\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<e@f>\\r\\nDATA\\r\\n.\\r\\nQUIT\\r\\n"
        S: 250 2.1.0 *
        S: 250 2.1.5 *
        S: 354 *
        S: 250 2.0.0 Queued as 1
        S: 250 2.1.0 *
        S: 250 2.1.5 *
        S: 354 *
        S: 250 2.0.0 Queued as 2
        S: 221 *
        """, closes: true)
    #expect(kept.map(\.body) == ["one\r\n", ""])
    #expect(kept.map(\.sender) == ["a@b", nil])
  }

  @Test func `an old device needs no more than HELO, and may end its lines in LF`() throws {
    let kept = try rehearse(
      """
      S: 220 *
      C> "helo my printer\\nmail from: scan@printer\\nrcpt to: ada@example.org\\ndata\\n"
      S: 250 relay.example
      S: 250 2.1.0 *
      S: 250 2.1.5 *
      S: 354 *
      C> "one\\n..\\ntwo\\r\\n.\\r\\n"
      S: 250 2.0.0 *
      """)
    #expect(kept.map(\.body) == ["one\r\n.\r\ntwo\r\n"])
  }

  @Test func `a message hidden behind a false end stays inside the one that hides it`() throws {
    for end in [
      "\\n.\\n", "\\n.\\r\\n", "\\r.\\r", "\\r\\n.\\n", "\\r\\n.\\r", "\\r.\\r\\n", "\\r\\n.\\r\\r\\n",
      "\\r\\n\\0.\\r\\n",
    ] {
      let kept = try rehearse(
        opened + """
          C: DATA
          S: 354 *
          C> "one\(end)MAIL FROM:<evil@x>\\r\\nRCPT TO:<victim@y>\\r\\nDATA\\r\\ntwo\\r\\n.\\r\\n"
          S: 250 2.0.0 *
          """)
      #expect(kept.count == 1, "\(end)")
    }
  }

  @Test func `a device that says neither HELO nor its name is served`() throws {
    let kept = try rehearse(
      """
      S: 220 *
      C: MAIL FROM:<scanner>
      S: 250 2.1.0 *
      C: RCPT TO:<ada@example.org> NOTIFY=FAILURE
      S: 250 2.1.5 *
      C: DATA
      S: 354 *
      C> "one\\r\\n.\\r\\n"
      S: 250 2.0.0 *
      C: HELO
      S: 250 relay.example
      C: MAIL FROM:<Scan To Mail> RET=HDRS ENVID=1
      S: 250 2.1.0 *
      """)
    #expect(kept.map(\.sender) == ["scanner"])
  }

  @Test func `a client that never sends CR ends its message with LF dot LF`() throws {
    let kept = try rehearse(
      """
      S: 220 *
      C> "HELO x\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\nSubject: x\\n\\n..one\\n.\\nNOOP\\n"
      S: 250 *
      S: 250 *
      S: 250 *
      S: 354 *
      S: 250 2.0.0 Queued as 1
      S: 250 *
      C> "MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n.\\n"
      S: 250 *
      S: 250 *
      S: 354 *
      S: 250 2.0.0 Queued as 2
      """)
    #expect(kept.map(\.body) == ["Subject: x\r\n\r\n.one\r\n", ""])
  }

  /// Where the one CR of the session stands: in a command, in a command that is too long, in the message before, in a
  /// chunk, in the message itself.
  @Test(arguments: [
    "C> \"HELO x\\r\\n\"\nS: 250 *\nC> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 354 *\n",
    "C> \"NO\\rOP\\n\"\nS: 500 *\nC> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 354 *\n",
    "C> \"\(String(repeating: "x", count: 9000))\\r\\n\"\nS: 500 *\nC> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 354 *\n",
    "C> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\nzero\\r\\n.\\r\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 354 *\nS: 250 *\nS: 250 *\nS: 250 *\nS: 354 *\n",
    "C> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nBDAT 2 LAST\\nx\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\n\"\nS: 250 *\nS: 250 *\nS: 250 *\nS: 250 *\nS: 250 *\nS: 354 *\n",
    "C> \"MAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\nzero\\r\"\nS: 250 *\nS: 250 *\nS: 354 *\n",
  ])
  func `one CR anywhere before it ends that licence for the session`(opening: String) throws {
    let kept = try rehearse(
      "S: 220 *\n" + opening + """
        C> "one\\n.\\nMAIL FROM:<evil@x>\\nRCPT TO:<victim@y>\\nDATA\\ntwo\\r\\n.\\r\\n"
        S: 250 2.0.0 *
        """)
    #expect(kept.last?.body.contains("\r\n.\r\nMAIL FROM:<evil@x>\r\n") == true)
    #expect(kept.allSatisfy { $0.sender != "evil@x" })
  }

  @Test func `HELP names STARTTLS and AUTH where they are offered`() throws {
    try rehearse(greeted + "C: HELP\nS: 214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY")
    try rehearse(
      greeted + "C: HELP\nS: 214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY STARTTLS", startTLS: true)
  }

  @Test(arguments: ["RCPT TO:<a@b>", "DATA"])
  func `a command before EHLO is out of sequence`(command: String) throws {
    try rehearse("S: 220 *\nC: \(command)\nS: 503 5.5.1 Say EHLO or HELO first")
  }

  @Test(arguments: ["NOOP", "RSET", "VRFY root", "HELP"])
  func `a command that changes nothing is welcome at any time`(command: String) throws {
    for before in ["S: 220 *\n", greeted, opened] {
      try rehearse(before + "C: \(command)\nS: 2*")
    }
  }

  @Test func `a second MAIL waits for the end of the first transaction`() throws {
    try rehearse(
      opened + """
        C: MAIL FROM:<other@localhost>
        S: 503 5.5.1 *
        C: RSET
        S: 250 2.0.0 OK
        C: MAIL FROM:<other@localhost>
        S: 250 2.1.0 *
        """)
  }

  @Test(arguments: ["RSET", "HELO again", "EHLO again"])
  func `RSET, HELO and EHLO forget the transaction`(command: String) throws {
    let reply = command == "EHLO again" ? "S: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\nS: 250-*\n" : ""
    try rehearse(opened + "C: \(command)\n\(reply)S: 250 *\nC: RCPT TO:<a@b>\nS: 503 5.5.1 Say MAIL first")
  }

  @Test func `a refused sender opens no transaction, a refused recipient is not in it`() throws {
    let kept = try rehearse(
      greeted + """
        C: MAIL FROM:<no-one@shop.example>
        S: 550 5.7.1 No entity sends as <no-one@shop.example>: add it to an entity's `senders` *
        C: RCPT TO:<ada@example.org>
        S: 503 5.5.1 *
        C: MAIL FROM:<later-on@shop.example>
        S: 452 4.3.1 *
        C: MAIL FROM:<erp@localhost>
        S: 250 *
        C: RCPT TO:<no-one@example.org>
        S: 550 *
        C: DATA
        S: 554 5.5.1 No valid recipients
        C: RCPT TO:<ada@example.org>
        S: 250 *
        C: DATA
        S: 354 *
        C> ".\\r\\n"
        S: 250 2.0.0 *
        """)
    #expect(kept.map(\.recipients) == [["ada@example.org"]])
  }

  @Test func `recipients beyond the limit are for a second transaction and no error`() throws {
    var text = opened + "C: RCPT TO:<b@x>\nS: 250 *\nC: RCPT TO:<c@x>\nS: 250 *\n"
    for _ in 0..<30 { text += "C: RCPT TO:<d@x>\nS: 452 4.5.3 *\n" }
    let kept = try rehearse(text + "C: DATA\nS: 354 *\nC> \".\\r\\n\"\nS: 250 2.0.0 *")
    #expect(kept.map(\.recipients) == [["ada@example.org", "b@x", "c@x"]])
  }

  @Test(arguments: [(nil, 1_000), (500, 500), (5_000, 1_000), (0, 1)] as [(Int?, Int)])
  func `EHLO says no more than a mailbox takes, and the listener`(_ announced: Int?, _ size: Int) {
    var offers = ServerDialogue.Offers(hostname: "relay.example", maximumMessageOctets: 1_000)
    offers.announcedMessageOctets = announced
    var server = Rehearsed(offers)
    let said = server.hear(Array("EHLO a\r\nMAIL FROM:<a@b> SIZE=1000\r\n".utf8))
    let text = String(decoding: said, as: UTF8.self)
    // Which mailbox it is, and whether it takes so much, the driver finds out at MAIL.
    #expect(text.contains("\r\n250-SIZE \(size)\r\n") && text.contains("\r\n250 2.1.0 "), "\(text)")
  }

  @Test func `a message whose SIZE is over the limit is refused at MAIL`() throws {
    try rehearse(
      greeted + """
        C: MAIL FROM:<a@b> SIZE=1001
        S: 552 5.3.4 *
        C: MAIL FROM:<a@b> SIZE=1000
        S: 250 *
        """)
  }

  @Test func `parameters that were not offered are refused`() throws {
    try rehearse(
      greeted + """
        C: MAIL FROM:<a@b> HOLDFOR=10
        S: 555 5.5.4 *
        C: MAIL FROM:<a@b> SIZE=many
        S: 501 5.5.4 *
        C: MAIL FROM:<a@b> AUTH=<>
        S: 250 *
        C: RCPT TO:<a@b> RRVS=2014-04-03T23:01:00Z
        S: 555 5.5.4 *
        """)
  }

  @Test func `a recipient beyond ASCII needs SMTPUTF8, a sender does not`() throws {
    try rehearse(
      greeted + """
        C: MAIL FROM:<müller@b>
        S: 250 *
        C: RCPT TO:<müller@b>
        S: 553 5.6.7 *
        C: RSET
        S: 250 *
        C: MAIL FROM:<müller@b> SMTPUTF8
        S: 250 *
        C: RCPT TO:<müller@b>
        S: 250 *
        """)
  }

  @Test func `what is no command is told why, and the session stays in step`() throws {
    let long = String(repeating: "x", count: ServerDialogue.maximumCommandOctets)
    try rehearse(
      opened + """
        C: MAIL FROM:<\(long)>
        S: 500 5.5.6 *
        C> "NO\\0OP\\r\\n"
        S: 500 5.5.2 NUL in a command
        C: FOO
        S: 500 5.5.1 *
        C> "\\xff\\xfe\\r\\n"
        S: 500 5.5.1 *
        C: RCPT TO:<broken
        S: 501 5.1.3 *
        C: EXPN list
        S: 502 5.5.1 *
        C: AUTH LOGIN
        S: 502 5.5.1 *
        C: DATA now
        S: 501 5.5.4 *
        C: DATA
        S: 354 *
        C> ".\\r\\n"
        S: 250 2.0.0 *
        """)
  }

  @Test func `a client that only makes mistakes is sent away at the twentieth`() throws {
    let mistakes = String(repeating: "C: FOO\nS: 500 *\n", count: 19)
    try rehearse(greeted + mistakes + "C: FOO\nS: 421 4.7.0 Too many errors", closes: true)
  }

  @Test func `a message that was taken clears the count of errors`() throws {
    let mistakes = String(repeating: "C: FOO\nS: 500 *\n", count: 19)
    try rehearse(opened + mistakes + "C: DATA\nS: 354 *\nC> \".\\r\\n\"\nS: 250 2.0.0 *\n" + mistakes)
  }

  @Test func `a message that is refused is told so, whatever the count of errors`() throws {
    let mistakes = String(repeating: "C: FOO\nS: 500 *\n", count: 19)
    try rehearse(
      opened + mistakes + "C: DATA\nS: 354 *\nC> \"no-keep\\r\\n.\\r\\n\"\nS: 554 5.6.0 *\nC: FOO\nS: 421 *",
      closes: true)
  }

  @Test(arguments: ["GET / HTTP/1.1", "POST / HTTP/1.1", "PROPFIND / HTTP/1.1", "Host: localhost:2525"])
  func `a browser is disconnected`(line: String) throws {
    try rehearse("S: 220 *\nC> \"\(line)\\r\\nMAIL FROM:<a@b>\\r\\n\"\nS: 554 5.5.1 *", closes: true)
  }
}

@Suite struct ServerDialogueTLSTests {
  @Test func `what was said before the handshake is forgotten, the name too`() throws {
    try rehearse(
      """
      S: 220 *
      C: EHLO app
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250-CHUNKING
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 2.0.0 *
      (starts TLS)
      C: RCPT TO:<a@b>
      S: 503 5.5.1 Say EHLO or HELO first
      C: EHLO app
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250 CHUNKING
      C: STARTTLS
      S: 503 5.5.1 TLS is already on
      """, startTLS: true)
  }

  @Test func `STARTTLS is refused where it is not offered, and inside a transaction`() throws {
    try rehearse(greeted + "C: STARTTLS\nS: 502 5.5.1 *")
    try rehearse(opened + "C: STARTTLS\nS: 503 5.5.1 *", startTLS: true)
    try rehearse(greeted + "C: STARTTLS now\nS: 501 5.5.4 *", startTLS: true)
  }

  @Test func `a command behind STARTTLS in the same packet ends the session`() throws {
    var server = Rehearsed(
      ServerDialogue.Offers(hostname: "relay.example", maximumMessageOctets: 1_000, startTLS: true))
    let said = server.hear(Array("EHLO a\r\nSTARTTLS\r\nMAIL FROM:<evil@x>\r\n".utf8))
    #expect(server.isClosed)
    #expect(said.suffix(Replies.octetsBehindStartTLS.octets().count) == Replies.octetsBehindStartTLS.octets()[...])
  }
}

@Suite struct ServerDialogueChunkTests {
  @Test func `a message comes in chunks`() throws {
    let kept = try rehearse(
      opened + """
        C> "BDAT 5\\r\\none\\r\\n"
        S: 250 2.0.0 5 octets received
        C> "BDAT 6 LAST\\r\\n.\\r\\ntwo"
        S: 250 2.0.0 Queued as 1
        C: MAIL FROM:<a@b>
        S: 250 *
        """)
    #expect(kept.map(\.body) == ["one\r\n.\r\ntwo"])
  }

  @Test func `an empty last chunk ends the message`() throws {
    let kept = try rehearse(opened + "C> \"BDAT 3\\r\\none\"\nS: 250 *\nC: BDAT 0 LAST\nS: 250 2.0.0 Queued as 1")
    #expect(kept.map(\.body) == ["one"])
  }

  @Test func `after a chunk there is no DATA, no RCPT and no MAIL, and RSET helps`() throws {
    let kept = try rehearse(
      opened + """
        C> "BDAT 3\\r\\none"
        S: 250 *
        C: DATA
        S: 503 5.5.1 After BDAT only BDAT or RSET
        C: RCPT TO:<a@b>
        S: 503 5.5.1 *
        C: MAIL FROM:<a@b>
        S: 503 5.5.1 *
        C: RSET
        S: 250 *
        C> "BDAT 0 LAST\\r\\n"
        S: 503 5.5.1 Say MAIL first
        """)
    #expect(kept.isEmpty)
  }

  @Test func `a chunk is read even when it is refused, and so are those pipelined behind it`() throws {
    let kept = try rehearse(
      greeted + """
        C> "MAIL FROM:<a@b>\\r\\nRCPT TO:<no-one@x>\\r\\nBDAT 6\\r\\nQUIT\\r\\nBDAT 6 LAST\\r\\nQUIT\\r\\nNOOP\\r\\n"
        S: 250 *
        S: 550 *
        S: 554 5.5.1 No valid recipients
        S: 503 5.5.1 *
        S: 250 2.0.0 OK
        """)
    #expect(kept.isEmpty)
  }

  @Test func `chunks over the limit are refused together`() throws {
    let kept = try rehearse(
      opened + """
        C> "BDAT 6\\r\\nQUIT\\r\\nBDAT 5 LAST\\r\\nRSET\\nNOOP\\r\\n"
        S: 250 *
        S: 552 5.3.4 *
        S: 250 2.0.0 OK
        """, maximumMessageOctets: 10)
    #expect(kept.isEmpty)
  }

  @Test func `a chunk whose size cannot be read ends the session: its octets would be read as commands`() throws {
    try rehearse(opened + "C> \"BDAT many LAST\\r\\nMAIL FROM:<evil@x>\\r\\n\"\nS: 501 5.5.4 *", closes: true)
  }
}
