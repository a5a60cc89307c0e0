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
    "X-Letterhead-Entity: brandb\n", "x-letterhead-entity :brandb\n \tb\n",
    "X-LETTERHEAD-ENTITY:\nX-Letterhead-Entity: c\n",
  ])
  func `what an app tells the relay by X-Letterhead-Entity goes no further, and the body stays as it is`(field: String)
  {
    let body = "\r\nX-Letterhead-Entity: brandb\r\n.\u{0}\r\n"
    let from = "From: billing@firm.example\n"
    let message = wire(from + field + rest) + Array(body.utf8)
    #expect(text(rewrite(message).message) == text(wire(from + rest)) + body)
  }

  @Test(arguments: [
    "From: billing@firm.example\n",
    "From: Anybody <Billing@FIRM.example>\n",
    "from :\t\"Any\\\"body\" <billing@firm.example> (really)\n",
    "FROM:=?iso-8859-1?q?J=F6rg?=\n  <billing@firm.example>\n",
    "From: Jörg <billing@firm.example>\n",
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
    // Nobody can answer there.
    ("erp@localhost", "Firm Billing <billing@firm.example>", nil),
    ("root@erp01.localdomain", "Firm Billing <billing@firm.example>", nil),
    ("scan@printer.local", "Firm Billing <billing@firm.example>", nil),
    ("scan@printer.LAN", "Firm Billing <billing@firm.example>", nil),
    ("erp@db.internal", "Firm Billing <billing@firm.example>", nil),
    ("erp@erp01", "Firm Billing <billing@firm.example>", nil),
    ("erp@[192.0.2.1]", "Firm Billing <billing@firm.example>", nil),
    ("www-data@relay.example", "Firm Billing <billing@firm.example>", nil),
    ("root@erp01, ada@app.example", "Firm Billing <billing@firm.example>", "ada@app.example"),
    // Kept in the app's own form.
    (
      "=?iso-8859-1?Q?J=F6rg?= <j@app.example>", "=?iso-8859-1?Q?J=F6rg?= <billing@firm.example>",
      "=?iso-8859-1?Q?J=F6rg?= <j@app.example>"
    ),
    (
      "=?gb2312?B?1tDOxA==?= <j@app.example>", "=?gb2312?B?1tDOxA==?= <billing@firm.example>",
      "=?gb2312?B?1tDOxA==?= <j@app.example>"
    ),
    (
      "\"a \\\"b\\\" c\" <j@app.example>", "\"a \\\"b\\\" c\" <billing@firm.example>",
      "\"a \\\"b\\\" c\" <j@app.example>"
    ),
    // Written anew: raw 8-bit, dots and `@` outside quotes, encoded-words that no reader accepts.
    ("Jörg <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>", "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"),
    (
      "\"Jörg\" <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>",
      "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"
    ),
    (
      "John Q. Public <j@app.example>", "\"John Q. Public\" <billing@firm.example>",
      "\"John Q. Public\" <j@app.example>"
    ),
    ("j@app.example <j@app.example>", "\"j@app.example\" <billing@firm.example>", "\"j@app.example\" <j@app.example>"),
    ("=?utf-8?Q?a@b?= <j@app.example>", "\"a@b\" <billing@firm.example>", "\"a@b\" <j@app.example>"),
    (
      "=?utf-8?Q?J=C3=B6rg Bauer?= <j@app.example>", "=?utf-8?Q?J=C3=B6rg_Bauer?= <billing@firm.example>",
      "=?utf-8?Q?J=C3=B6rg_Bauer?= <j@app.example>"
    ),
    (
      "=?utf-8?Q?a=0D=0ABcc:_x?= <j@app.example>", "\"a Bcc: x\" <billing@firm.example>", "\"a Bcc: x\" <j@app.example>"
    ),
    // Between quotes, where only some readers decode them.
    (
      "\"=?utf-8?Q?J=C3=B6rg?=\" <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>",
      "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"
    ),
    (
      "\"=?utf-8?B?DQpCY2M6IHg=?=\" <j@app.example>", "\"Bcc: x\" <billing@firm.example>",
      "\"Bcc: x\" <j@app.example>"
    ),
    (
      "\"=?no word\" <j@app.example>", "=?utf-8?Q?=3D=3Fno_word?= <billing@firm.example>",
      "=?utf-8?Q?=3D=3Fno_word?= <j@app.example>"
    ),
    // A character set that is not known here, and a line end in it.
    (
      "=?koi8-r?B?DQpCY2M6IHg=?= <j@app.example>",
      "=?utf-8?Q?=3D=3Fkoi8-r=3FB=3FDQpCY2M6IHg=3D=3F=3D?=\r\n <billing@firm.example>",
      "=?utf-8?Q?=3D=3Fkoi8-r=3FB=3FDQpCY2M6IHg=3D=3F=3D?= <j@app.example>"
    ),
    // Half a character in each word.
    (
      "=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <j@app.example>", "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>",
      "=?utf-8?Q?J=C3=B6rg?= <j@app.example>"
    ),
    ("Ada (the (nested) first) Byron <j@app.example>", "Ada Byron <billing@firm.example>", "Ada Byron <j@app.example>"),
    // Several, groups, and obsolete routes.
    (
      "Ada <ada@app.example>, Bob <bob@app.example>", "Ada <billing@firm.example>",
      "Ada <ada@app.example>, Bob <bob@app.example>"
    ),
    (
      "Team: Ada <ada@app.example>, bob@app.example;", "Ada <billing@firm.example>",
      "Ada <ada@app.example>, bob@app.example"
    ),
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

  /// The charset that Content-Type declares, the octets of the name as the app wrote them, and the phrase that goes out.
  @Test(
    arguments: [
      ("windows-1251", [0xc8, 0xe2, 0xe0, 0xed], "=?windows-1251?B?yOLg7Q==?="),
      ("KOI8-R", [0xe9, 0xd7, 0xc1, 0xce], "=?KOI8-R?B?6dfBzg==?="),
      // `SPÓŁKA`, whose octets are valid UTF-8 as well.
      ("iso-8859-2", [0x53, 0x50, 0xd3, 0xa3, 0x4b, 0x41], "=?iso-8859-2?Q?SP=D3=A3KA?="),
      ("gb2312", [0xd6, 0xd0, 0xce, 0xc4], "=?gb2312?B?1tDOxA==?="),
      // The second octet of a character may be a mark of the grammar: `@` and a backslash here.
      ("shift_jis", [0x83, 0x40, 0x83, 0x5c], "=?shift_jis?B?g0CDXA==?="),
      ("euc-kr", [0xb1, 0xe8], "=?euc-kr?B?seg=?="),
      ("iso-8859-1", [0x4a, 0xf6, 0x72, 0x67], "=?iso-8859-1?Q?J=F6rg?="),
      // Not in the charset that is declared.
      ("windows-1251", Array("Иван".utf8), "=?utf-8?B?0JjQstCw0L0=?="),
      ("iso-8859-1", Array("Jörg".utf8), "=?utf-8?Q?J=C3=B6rg?="),
      ("us-ascii", [0x4a, 0xf6, 0x72, 0x67], "=?utf-8?Q?J=C3=B6rg?="),
      ("x y", [0x4a, 0xf6, 0x72, 0x67], "=?utf-8?Q?J=C3=B6rg?="),
    ] as [(String, [UInt8], String)])
  func `a raw name in the declared charset keeps its octets`(charset: String, name: [UInt8], phrase: String) {
    for (open, close) in [("", ""), ("\"", "\"")] {
      let from = Array("From: \(open)".utf8) + name + wire("\(close) <j@app.example>\n")
      let message = from + wire(rest + "Content-Type: text/plain; charset=\"\(charset)\"\n\n")
      let header = rewrite(message).header
      #expect(value(of: .from, in: header) == "\(phrase) <billing@firm.example>")
      #expect(value(of: .replyTo, in: header) == "\(phrase) <j@app.example>")
      if open.isEmpty { #expect(value(of: .xOriginalFrom, in: header) == "\(phrase) <j@app.example>") }
    }
  }

  /// `山田` and `<@"`: what the octets of ISO-2022-JP look like to a reader who does not know it.
  @Test(arguments: [
    ("\u{1b}$B;3ED\u{1b}(B <y@app.example>", "=?iso-2022-jp?B?GyRCOzNFRBsoQg==?="),
    ("\"\u{1b}$B;3ED\u{1b}(J\" <y@app.example>", "=?iso-2022-jp?B?GyRCOzNFRBsoQg==?="),
    ("\u{1b}$B$@\"<\u{1b}(B <y@app.example>", "=?iso-2022-jp?B?GyRCJEAiPBsoQg==?="),
    ("y@app.example (\u{1b}$B;3ED\u{1b}(B)", "=?iso-2022-jp?B?GyRCOzNFRBsoQg==?="),
  ])
  func `a raw name in ISO-2022-JP stays what it is`(from: String, phrase: String) {
    let header = rewrite(wire("From: \(from)\n" + rest + "\n")).header
    #expect(value(of: .from, in: header) == "\(phrase) <billing@firm.example>")
    #expect(value(of: .replyTo, in: header) == "\(phrase) <y@app.example>")
  }

  @Test func `an escape sequence that is no ISO-2022-JP is dropped`() {
    for from in ["\u{1b}[31mAda <a@app.example>", "\u{1b}$BAda <a@app.example>"] {
      let header = rewrite(wire("From: \(from)\n" + rest + "\n")).header
      #expect(!text(header.serialized()).contains("\u{1b}"))
      #expect(value(of: .replyTo, in: header)?.hasSuffix("<a@app.example>") == true)
    }
  }

  @Test func `raw Latin-1 in a name is read as Windows-1252`() {
    let rewritten = rewrite(Array("From: J".utf8) + [0xf6, 0x72, 0x67] + wire(" <j@app.example>\n" + rest + "\n"))
    #expect(value(of: .from, in: rewritten.header) == "=?utf-8?Q?J=C3=B6rg?= <billing@firm.example>")
    #expect(value(of: .xOriginalFrom, in: rewritten.header) == "=?utf-8?Q?J=C3=B6rg?= <j@app.example>")
  }
}

extension `Sender rewriting` {
  // MARK: Names

  @Test(arguments: [
    (Identity.DisplayNamePolicy.keep, "Ada <a@app.example>", "Ada <billing@firm.example>"),
    (.entity, "Ada <a@app.example>", "\"Firm Ltd.\" <billing@firm.example>"),
    (.mailbox, "Ada <a@app.example>", "=?utf-8?Q?Firm_B=C3=BCro?= <billing@firm.example>"),
    // Already from the mailbox, but not under the name that is asked for.
    (.entity, "Ada <billing@firm.example>", "\"Firm Ltd.\" <billing@firm.example>"),
    (.entity, "\"Firm Ltd.\" <BILLING@firm.example>", "\"Firm Ltd.\" <BILLING@firm.example>"),
  ])
  func `the display name is`(mode: Identity.DisplayNamePolicy, from: String, expected: String) {
    let identity = Identity(
      address: Address("billing@firm.example"), mailboxName: "Firm Büro", entityName: "Firm Ltd.", displayName: mode)
    let rewritten = rewrite(wire("From: \(from)\n" + rest + "\n"), as: identity)
    #expect(value(of: .from, in: rewritten.header) == expected)
  }

  @Test func `without any name the address stands alone`() {
    let identity = Identity(address: Address("billing@firm.example"), mailboxName: "", entityName: " \r\n")
    let rewritten = rewrite(wire("From: a@app.example\n" + rest + "\n"), as: identity)
    #expect(value(of: .from, in: rewritten.header) == "billing@firm.example")
  }

  @Test func `a name from the configuration cannot add a field`() {
    let identity = Identity(address: Address("billing@firm.example"), entityName: "Firm\r\nBcc: <x@y.example>")
    let rewritten = rewrite(wire("From: a@app.example\n" + rest + "\n"), as: identity)
    #expect(value(of: .from, in: rewritten.header) == "\"Firm Bcc: <x@y.example>\" <billing@firm.example>")
    #expect(rewritten.header.count(of: .bcc) == 0)
  }

  // MARK: Reply-To and X-Original-From

  @Test(
    arguments: [
      (Identity.ReplyToPolicy.original, "Reply-To: desk@app.example\n", "desk@app.example"),
      (.original, "reply-to:\n", "a@app.example"),
      (.none, "", nil),
      (.none, "Reply-To: desk@app.example\n", "desk@app.example"),
    ] as [(Identity.ReplyToPolicy, String, String?)])
  func `Reply-To`(wish: Identity.ReplyToPolicy, field: String, expected: String?) {
    let message = wire("From: a@app.example\n" + field + rest + "\n")
    let rewritten = rewrite(message, as: .office.with { $0.replyTo = wish })
    #expect(value(of: .replyTo, in: rewritten.header) == expected)
    #expect(rewritten.header.count(of: .replyTo) == (expected == nil ? 0 : 1))
  }

  @Test func `an X-Original-From that came with the message goes when ours is written`() {
    let message = wire(
      "X-Original-From: ceo@firm.example\nFrom: a@app.example\nx-original-from: b@c.example\n" + rest + "\n")
    let header = rewrite(message).header
    #expect(header.count(of: .xOriginalFrom) == 1)
    #expect(value(of: .xOriginalFrom, in: header) == "a@app.example")
  }

  @Test func `an X-Original-From goes from a message that is from the mailbox already`() {
    let message = wire("From: billing@firm.example\nX-Original-From: ceo@firm.example\n" + rest + "\nBody")
    #expect(text(rewrite(message).message) == text(wire("From: billing@firm.example\n" + rest + "\nBody")))
  }

  @Test func `an address at the mailbox's own domain can be answered, even where the host has that name`() {
    let header = Header(parsing: wire("From: desk@firm.example\n" + rest + "\n"))
    let envelope = Envelope(sender: nil, recipients: [])
    let rewritten = SenderRewrite(.office, hostname: "firm.example")
      .apply(header: header, envelope: envelope, now: morning, id: "1")
    #expect(value(of: .replyTo, in: rewritten.header) == "desk@firm.example")
  }

  @Test(arguments: [
    String(repeating: "x", count: 5000) + "@app.example", String(repeating: "ü", count: 3000),
    String(repeating: "name ", count: 2000) + "<a@app.example>", String(repeating: "a@app.example, ", count: 3000),
  ])
  func `however long the original is, X-Original-From would fit on one line`(from: String) {
    let header = rewrite(wire("From: \(from)\n" + rest + "\n")).header
    #expect((header.first(.xOriginalFrom)?.bytes.count ?? 0) < 998)
    #expect((header.first(.xOriginalFrom)?.bytes.count ?? 0) > 600)
    #expect(longestLine(header) <= 998)
  }

  @Test func `all From fields become one, and all their addresses can be answered`() {
    let message = wire("From: Ada <a@app.example>\nX: 1\nFROM: b@app.example\nFrom:\n" + rest + "\n")
    let header = rewrite(message).header
    #expect(
      text(header.serialized())
        == text(
          wire(
            "From: Ada <billing@firm.example>\nX: 1\n" + rest
              + "X-Original-From: Ada <a@app.example>, b@app.example\nReply-To: Ada <a@app.example>, b@app.example\n\n")
        ))
  }

  @Test func `a message of a mailing program that names the mailbox among others keeps all of them answerable`() {
    let message = wire("From: billing@firm.example, b@app.example\n" + rest + "\n")
    let header = rewrite(message).header
    #expect(value(of: .from, in: header) == "Firm Billing <billing@firm.example>")
    #expect(value(of: .replyTo, in: header) == "billing@firm.example, b@app.example")
  }

  // MARK: What is missing

  /// Nothing, or a field without a value.
  @Test(arguments: ["", "From:\n", "Date: \nMessage-ID:\t\nFrom: \n \n"])
  func `missing From, Date and Message-ID are added`(fields: String) {
    let header = rewrite(wire(fields + "Subject: x\n\n")).header
    #expect(value(of: .from, in: header) == "Firm Billing <billing@firm.example>")
    #expect(value(of: .date, in: header) == "Sun, 22 Nov 2026 08:00:00 +0000")
    #expect(value(of: .messageID, in: header) == "<20261122080000.42.relay.example@firm.example>")
    #expect([FieldName.from, .date, .messageID].allSatisfy { header.count(of: $0) == 1 })
    #expect(!header.contains(.replyTo))
    #expect(!header.contains(.xOriginalFrom))
  }

  /// The second of two, where the first is empty.
  @Test func `an empty Date or Message-ID does not hide the one behind it`() {
    let header = rewrite(wire("From: billing@firm.example\nDate:\nMessage-ID: \n" + rest + "date:\n\n")).header
    #expect(text(header.serialized()) == text(wire("From: billing@firm.example\n" + rest + "\n")))
  }

  @Test func `a message without a header gets one, and its text stays whole`() {
    let body = "Dear Sir or Madam\r\nFrom: nobody\r\n\r\nBye"
    let rewritten = rewrite(Array(body.utf8))
    #expect(text(rewritten.message).hasSuffix("\r\n\r\n" + body))
    #expect(rewritten.header.fields.map(\.name) == [.from, .date, .messageID])
  }

  // MARK: Null sender

  @Test(arguments: [
    ("", "auto-generated"), ("Auto-Submitted: auto-replied (vacation)\n", "auto-replied (vacation)"),
    ("Auto-Submitted: no\n", "auto-generated"), ("Auto-Submitted:\n", "auto-generated"),
  ])
  func `mail from the null sender goes out as the mailbox, marked as automatic`(field: String, expected: String) {
    let rewritten = rewrite(wire("From: billing@firm.example\n" + field + rest + "\n"), sender: nil)
    #expect(rewritten.envelope.sender == Identity.office.address)
    #expect(value(of: .autoSubmitted, in: rewritten.header) == expected)
  }

  @Test func `mail from a sender is not marked`() {
    #expect(!rewrite(wire("From: a@app.example\n\n")).header.contains(.autoSubmitted))
  }

  // MARK: Signatures

  /// The signed fields, the message's others, and whether the signature stays.
  @Test(arguments: [
    ("from:to:subject", "From: a@app.example\n" + rest, false),
    ("from:to:subject", "From: billing@firm.example\n" + rest, true),
    // Nothing changed but a field that is not signed.
    ("From : To", "From: billing@firm.example\nSender: a@app.example\n" + rest, true),
    ("From :\n\t Sender", "From: billing@firm.example\nSender: a@app.example\n" + rest, false),
    // Signed as absent, and added now.
    ("from:date", "From: billing@firm.example\nMessage-ID: <1@app.example>\n", false),
    ("from:reply-to", "From: billing@firm.example\n" + rest, true),
  ])
  func `a DKIM signature stays only where what it signed stays`(signed: String, fields: String, stays: Bool) {
    let signature = "DKIM-Signature: v=1; a=rsa-sha256; bh=abc=;\n\th=\(signed); b=from:def=\n"
    let header = rewrite(wire(signature + fields + "\n")).header
    #expect(header.contains(.dkimSignature) == stays)
  }

  @Test func `a signature that does not say what it signed goes with any change`() {
    let header = rewrite(wire("DKIM-Signature: v=1\nFrom: a@app.example\n" + rest + "\n")).header
    #expect(!header.contains(.dkimSignature))
  }

  // MARK: Resent

  @Test func `a resent message's sender is rewritten too, and its blind copies stay hidden`() {
    let message = wire(
      "Resent-From: Ada <a@app.example>\nResent-Sender: x@app.example\nResent-Bcc: y@app.example\n"
        + "Resent-To: z@app.example\nFrom: billing@firm.example\n" + rest + "\n")
    #expect(
      text(rewrite(message).header.serialized())
        == text(
          wire(
            "Resent-From: Ada <billing@firm.example>\nResent-To: z@app.example\nFrom: billing@firm.example\n" + rest
              + "\n")))
  }
}

func longestLine(_ header: Header) -> Int {
  header.serialized().split(separator: 10).map { $0.count - 1 }.max() ?? 0
}

func value(of name: FieldName, in header: Header) -> String? {
  header.first(name).map { text($0.value.drop { $0 == 0x20 }) }
}
