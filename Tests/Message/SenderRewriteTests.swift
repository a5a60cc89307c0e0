import Message
import SMTP
import Testing

/// What every sample needs so that nothing has to be added.
private let rest = "Date: Sun, 22 Nov 2026 07:00:00 +0000\nMessage-ID: <1@app.example>\n"

struct `Sender rewriting` {
  @Test func `puts the mailbox's address on a message and leaves every other byte alone`() {
    let message = wire(
      """
      Received: from erp ([127.0.0.1])
      \tby relay.example (Letterhead 1f) with ESMTP id 9;
      \tSun, 22 Nov 2026 08:00:00 +0000
      Return-Path: <erp@app.example>
      X-Odd:   two  blanks\t
       and a fold
      SUBJECT:Invoice 7
      From: "ERP, Invoices" <erp@app.example>
      Sender: daemon@app.example
      To: Ada <ada@example.org>
      Bcc: boss@app.example
      Date: Sun, 22 Nov 2026 07:00:00 +0000
      Message-ID: <1@app.example>
      Content-Type: text/plain

      .From: nobody
      Body\u{0}
      """)
    let expected = wire(
      """
      Received: from erp ([127.0.0.1])
      \tby relay.example (Letterhead 1f) with ESMTP id 9;
      \tSun, 22 Nov 2026 08:00:00 +0000
      X-Odd:   two  blanks\t
       and a fold
      SUBJECT:Invoice 7
      From: "ERP, Invoices" <billing@firm.example>
      To: Ada <ada@example.org>
      Date: Sun, 22 Nov 2026 07:00:00 +0000
      Message-ID: <1@app.example>
      Content-Type: text/plain
      X-Original-From: "ERP, Invoices" <erp@app.example>
      Reply-To: "ERP, Invoices" <erp@app.example>

      .From: nobody
      Body\u{0}
      """)
    let rewritten = rewrite(message)
    #expect(text(rewritten.message) == text(expected))
    #expect(rewritten.envelope.sender == Identity.office.address)
    #expect(rewritten.envelope.recipients == [Address("ada@example.org")])
  }

  @Test(arguments: [
    "From: billing@firm.example\n",
    "From: Anybody <Billing@FIRM.example>\n",
    "from :\t\"Any\\\"body\" <billing@firm.example> (really)\n",
    "FROM:=?iso-8859-1?q?J=F6rg?=\n  <billing@firm.example>\n",
    "From: Jörg <billing@firm.example>\nX-Original-From: who <who@app.example>\n",
  ])
  func `a message that is from the mailbox already keeps its bytes`(from: String) {
    let message = wire(from + rest + "Subject: =?broken\n\nBody")
    #expect(text(rewrite(message).message) == text(message))
  }

  /// From as the app wrote it, From as it goes out, and Reply-To.
  @Test(arguments: [
    ("Ada <ada@app.example>", "Ada <billing@firm.example>", "Ada <ada@app.example>"),
    ("<ada@app.example>", "Firm Billing <billing@firm.example>", "ada@app.example"),
    ("ada@app.example", "Firm Billing <billing@firm.example>", "ada@app.example"),
    // A comment is where old programs keep the name.
    ("ada@app.example (Ada B.)", "\"Ada B.\" <billing@firm.example>", "\"Ada B.\" <ada@app.example>"),
    ("root (Cron Daemon)", "Cron Daemon <billing@firm.example>", nil),
    ("\"(Cron Daemon)\" <root>", "\"(Cron Daemon)\" <billing@firm.example>", nil),
    ("root", "Firm Billing <billing@firm.example>", nil),
    ("erp@localhost", "Firm Billing <billing@firm.example>", "erp@localhost"),
    // Kept in the app's own form.
    ("=?iso-8859-1?Q?J=F6rg?= <j@app.example>", "=?iso-8859-1?Q?J=F6rg?= <billing@firm.example>",
     "=?iso-8859-1?Q?J=F6rg?= <j@app.example>"),
    ("=?gb2312?B?1tDOxA==?= <j@app.example>", "=?gb2312?B?1tDOxA==?= <billing@firm.example>",
     "=?gb2312?B?1tDOxA==?= <j@app.example>"),
    ("\"a \\\"b\\\" c\" <j@app.example>", "\"a \\\"b\\\" c\" <billing@firm.example>", "\"a \\\"b\\\" c\" <j@app.example>"),
    // Written anew: raw 8-bit, dots and `@` outside quotes, encoded-words that no reader accepts.
    ("Jörg <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>", "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"),
    ("\"Jörg\" <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>", "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"),
    ("John Q. Public <j@app.example>", "\"John Q. Public\" <billing@firm.example>", "\"John Q. Public\" <j@app.example>"),
    ("j@app.example <j@app.example>", "\"j@app.example\" <billing@firm.example>", "\"j@app.example\" <j@app.example>"),
    ("=?utf-8?Q?a@b?= <j@app.example>", "\"a@b\" <billing@firm.example>", "\"a@b\" <j@app.example>"),
    ("=?utf-8?Q?J=C3=B6rg Bauer?= <j@app.example>", "=?utf-8?Q?J=C3=B6rg_Bauer?= <billing@firm.example>",
     "=?utf-8?Q?J=C3=B6rg_Bauer?= <j@app.example>"),
    ("=?utf-8?Q?a=0D=0ABcc:_x?= <j@app.example>", "\"aBcc: x\" <billing@firm.example>", "\"aBcc: x\" <j@app.example>"),
    // Half a character in each word.
    ("=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>",
     "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"),
    ("Ada (the (nested) first) Byron <j@app.example>", "Ada Byron <billing@firm.example>", "Ada Byron <j@app.example>"),
    // Several, groups, and obsolete routes.
    ("Ada <ada@app.example>, Bob <bob@app.example>", "Ada <billing@firm.example>",
     "Ada <ada@app.example>, Bob <bob@app.example>"),
    ("Team: Ada <ada@app.example>, bob@app.example;", "Ada <billing@firm.example>", "Ada <ada@app.example>, bob@app.example"),
    ("undisclosed-sender:;", "Firm Billing <billing@firm.example>", nil),
    ("Ada <@a.example,@b.example:ada@app.example>", "Ada <billing@firm.example>", "Ada <ada@app.example>"),
    ("ada . byron @ app . example", "Firm Billing <billing@firm.example>", "ada.byron@app.example"),
    // Broken.
    ("Rossi, Mario <m@app.example>", "\"Rossi, Mario\" <billing@firm.example>", "\"Rossi, Mario\" <m@app.example>"),
    ("\"Ada <ada@app.example>", "Ada <billing@firm.example>", "Ada <ada@app.example>"),
    ("Ada <ada@app.example", "Ada <billing@firm.example>", "Ada <ada@app.example>"),
    ("Ada (unclosed <ada@app.example>", "Ada unclosed <billing@firm.example>", "Ada unclosed <ada@app.example>"),
    ("Ada ada@app.example", "Ada <billing@firm.example>", "Ada <ada@app.example>"),
    ("<mailto:ada@app.example>", "Firm Billing <billing@firm.example>", "ada@app.example"),
    ("<>", "Firm Billing <billing@firm.example>", nil),
    ("Our Shop", "Our Shop <billing@firm.example>", nil),
    ("a@app.example; b@app.example", "Firm Billing <billing@firm.example>", "a@app.example, b@app.example"),
    (",,,", "Firm Billing <billing@firm.example>", nil),
    ("Jörg <jörg@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>", nil),
  ])
  func `From`(original: String, expected: String, replyTo: String?) {
    let rewritten = rewrite(wire("From: \(original)\n" + rest + "\n"))
    #expect(value(of: .from, in: rewritten.header) == expected)
    #expect(value(of: .replyTo, in: rewritten.header) == replyTo)
  }

  @Test func `raw Latin-1 in a name is read as Windows-1252`() {
    let rewritten = rewrite(Array("From: J".utf8) + [0xf6, 0x72, 0x67] + wire(" <j@app.example>\n" + rest + "\n"))
    #expect(value(of: .from, in: rewritten.header) == "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>")
    #expect(value(of: .xOriginalFrom, in: rewritten.header) == "=?utf-8?Q?J=C3=B6rg?= <j@app.example>")
  }
}

func value(of name: FieldName, in header: Header) -> String? {
  header.first(name).map { text($0.value.drop { $0 == 0x20 }) }
}
