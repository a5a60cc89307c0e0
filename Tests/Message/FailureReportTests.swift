import FoundationEssentials
import Message
import SMTP
import Testing

struct `A failure report` {
  private func report(header: String, recipients: [FailureReport.Recipient]? = nil) -> FailureReport {
    let refused = FailureReport.Recipient(
      address: Address("ada@example.org"), status: EnhancedCode(5, 1, 1),
      reply: Reply(550, EnhancedCode(5, 1, 1), lines: ["No such user \"ada\"", "see https://p.example/é"]),
      remoteHost: "smtp.provider.example")
    return FailureReport(
      hostname: "relay.example", id: "42", entityName: "Firm Ltd", from: Address("billing@firm.example"),
      to: [Address("it@firm.example"), Address("boss@firm.example")], originalSender: Address("erp@app.example"),
      acceptedAt: morning, recipients: recipients ?? [refused], summary: "The provider knows no such recipient.",
      remedy: "Correct the address in the app and send again.", header: Header(parsing: wire(header)))
  }

  private let original =
    "From: ERP <erp@app.example>\nTo: ada@example.org\nBcc: secret@app.example\nSubject: Rechnung für =?utf-8?Q?M=C3=A4rz?=\nMessage-ID: <7@app.example>\n\n"

  @Test func `names the configuration in its command, where the relay has one of its own`() {
    var report = report(header: original)
    report.commandEnding = " --config /srv/relay.toml"
    let text = String(decoding: report.message(now: morning), as: UTF8.self)
    #expect(text.contains("letterhead queue show 42 --config /srv/relay.toml"))
  }

  @Test func `tells people what happened and what to do, and programs the same in fields`() {
    let message = report(header: original).message(now: morning.addingTimeInterval(60))
    let expected = wire(
      #"""
      From: Letterhead <billing@firm.example>
      To: it@firm.example, boss@firm.example
      Subject: Not delivered: Rechnung =?utf-8?Q?f=C3=BCr_M=C3=A4rz?=
      Date: Sun, 22 Nov 2026 08:01:00 +0000
      Message-ID: <20261122080100.42.report.relay.example@firm.example>
      References: <7@app.example>
      Auto-Submitted: auto-generated
      MIME-Version: 1.0
      Content-Type: multipart/report; report-type=delivery-status;
      	boundary="=_letterhead_42"

      --=_letterhead_42
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable

      Letterhead on relay.example could not deliver a message of Firm Ltd.
      It will not be tried again.

      What happened: The provider knows no such recipient.
      What to do: Correct the address in the app and send again.

      The message
        From:     ERP <erp@app.example>
        To:       ada@example.org
        Subject:  Rechnung f=C3=BCr M=C3=A4rz
        Accepted: Sun, 22 Nov 2026 08:00:00 +0000

      Who did not get it
        ada@example.org
        smtp.provider.example said:
          550-5.1.1 No such user "ada"
          550 5.1.1 see https://p.example/=C3=A9

      It is kept in the queue: letterhead queue show 42

      --=_letterhead_42
      Content-Type: message/delivery-status

      Reporting-MTA: dns; relay.example
      Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000

      Final-Recipient: rfc822; ada@example.org
      Action: failed
      Status: 5.1.1
      Remote-MTA: dns; smtp.provider.example
      Diagnostic-Code: smtp; 550-5.1.1 No such user "ada"
       550 5.1.1 see https://p.example/\x{E9}

      --=_letterhead_42
      Content-Type: text/rfc822-headers

      From: ERP <erp@app.example>
      To: ada@example.org
      Subject: Rechnung =?utf-8?Q?f=C3=BCr?= =?utf-8?Q?M=C3=A4rz?=
      Message-ID: <7@app.example>

      --=_letterhead_42--

      """#)
    #expect(text(message) == text(expected))
  }

  @Test func `is itself never reported on`() {
    let report = report(header: original)
    #expect(report.envelope.sender == nil)
    #expect(report.envelope.recipients == report.to)
    #expect(FailureReport.isReport(Header(parsing: report.message(now: morning))))
    #expect(!FailureReport.isReport(Header(parsing: wire(original))))
  }

  @Test func `goes out from the mailbox like any message, and stays marked as automatic`() {
    let message = report(header: original).message(now: morning)
    #expect(text(rewrite(message, sender: nil).message) == text(message))
  }

  @Test func `holds nothing that could end a line, whatever the provider and the app said`() {
    let nasty = FailureReport.Recipient(
      address: Address("x\r\nBcc: y@z.example"), status: EnhancedCode(5, 0, 0),
      reply: Reply(554, nil, lines: ["a\r\n\r\n--=_letterhead_42--\r\nb", String(repeating: "x", count: 5000)]),
      remoteHost: "h\r\nX: 1")
    let message = report(header: "Subject: a\0b\r\u{e9}\n\n", recipients: [nasty]).message(now: morning)
    let lines = text(message).split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 998 && $0.utf8.allSatisfy { $0 == 9 || (32..<127).contains($0) } })
    #expect(!lines.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("X:") })
    #expect(lines.count { $0.hasPrefix("--=_letterhead_42") } == 4)
  }

  @Test func `without a header or a provider's word still says who is concerned`() {
    let lost = FailureReport.Recipient(
      address: Address("jörg@example.org"), status: EnhancedCode(4, 4, 7), reply: nil, remoteHost: nil)
    let message = text(report(header: "no header", recipients: [lost]).message(now: morning))
    #expect(
      message.contains("Final-Recipient: utf-8; j\\x{F6}rg@example.org\r\nAction: failed\r\nStatus: 4.4.7\r\n\r\n"))
    #expect(message.contains("From:     erp@app.example"))
    #expect(message.contains("Subject: Not delivered: (no subject)\r\n"))
  }
}
