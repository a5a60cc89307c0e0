// What providers call a message, in the replies that they give.

import SMTP
import Testing

@testable import Diagnosis

@Suite struct `What a provider calls a message` {
  @Test(arguments: [
    // Microsoft 365 and Outlook.com, at submission.
    (
      "OK <AM9PR05MB1234ABCD@AM9PR05MB1234.eurprd05.prod.outlook.com> [Hostname=AM9PR05MB1234.eurprd05.prod.outlook.com]",
      ["AM9PR05MB1234ABCD@AM9PR05MB1234.eurprd05.prod.outlook.com"]
    ),
    // Exchange.
    (
      "<a.1@erp.example> [InternalId=35201551958017, Hostname=EX01.acme.example] 1532 bytes in 0.118, 12.6 KB/sec "
        + "Queued mail for delivery", ["a.1@erp.example", "35201551958017"]
    ),
    // Google.
    (
      "OK  1795942650 a640c23a62f3a-b2c1e0d5f12sm1234567a12.45 - gsmtp",
      ["a640c23a62f3a-b2c1e0d5f12sm1234567a12.45"]
    ),
    // Postfix: Fastmail, iCloud, Zoho's and most hosts'.
    ("Ok: queued as 4XyZ1234k5z9sW", ["4XyZ1234k5z9sW"]), ("Ok: queued as 3B1C2D4E5F.", ["3B1C2D4E5F"]),
    // Yandex.
    ("Ok: queued on mail-nwsmtp-1.yandex.net as 1795942650-A3bTmaDV9p", ["1795942650-A3bTmaDV9p"]),
    // Brevo.
    ("OK: queued as <202611241014.12345@smtp-relay.mailin.fr>", ["202611241014.12345@smtp-relay.mailin.fr"]),
    // Amazon SES.
    ("Ok 0102018f1a2b3c4d-5e6f7a8b-0001-4c5d-8e9f-000000", ["0102018f1a2b3c4d-5e6f7a8b-0001-4c5d-8e9f-000000"]),
    // Exim; GMX and IONOS say it in their own words.
    ("OK id=1rAbCd-0001Xy-2z", ["1rAbCd-0001Xy-2z"]),
    ("Requested mail action okay, completed: id=1MbRfB-1tAbCd0Xyz-00bQ1f", ["1MbRfB-1tAbCd0Xyz-00bQ1f"]),
    // Sendmail, OpenSMTPD, qmail, Haraka, Stalwart.
    ("3AO9EDx1012345 Message accepted for delivery", ["3AO9EDx1012345"]),
    ("1a2b3c4d Message accepted for delivery", ["1a2b3c4d"]), ("ok 1795942650 qp 12345", ["12345"]),
    ("Message Queued (4F1A2B3C-0001-4D5E.1)", ["4F1A2B3C-0001-4D5E.1"]),
    ("Message queued with id 1a2b3c.", ["1a2b3c"]),
    // Those that say nothing.
    ("OK", []), ("Message received", []), ("Great success", []), ("Queued (0.016 seconds)", []), ("", []),
    ("Message accepted for delivery", []), ("OK , completed", []), ("queued as", []), ("id=", []),
    // What nobody should say.
    ("queued as 17\u{1b}[31m", ["17"]), ("OK id=é", []),
  ])
  func `is found where its words say it`(text: String, ids: [String]) {
    #expect(ProviderIdentifiers.named(in: Reply(250, EnhancedCode(2, 0, 0), text)) == ids)
  }

  @Test func `is looked for in the first of a long reply, and of many only a few are taken`() {
    let filler = String(repeating: "x ", count: 40_000)
    #expect(ProviderIdentifiers.named(in: Reply(250, "\(filler) queued as 17")).isEmpty)
    #expect(ProviderIdentifiers.named(in: Reply(250, nil, lines: Array(repeating: "<a@b>", count: 9000))).count == 1)
    #expect(ProviderIdentifiers.named(in: Reply(250, "queued as \(String(repeating: "a1", count: 300))")).isEmpty)
  }
}
