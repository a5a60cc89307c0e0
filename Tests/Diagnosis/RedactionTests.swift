// Foreign words in status, log and reports.

import Mailboxes
import SMTP
import Testing

@testable import Diagnosis

@Suite struct `A provider's words` {
  @Test(arguments: [
    (Reply(550, EnhancedCode(5, 1, 1), "No such user"), "550 5.1.1 No such user"),
    (Reply(534, nil, lines: ["Please log in", "with a browser"]), "534 Please log in with a browser"),
    (Reply(550, nil, "a\u{1B}[31mb\tc\r\n250 OK"), "550 a [31mb c 250 OK"),
    (Reply(535, nil, "bad \(String(repeating: "eyJ0", count: 20)) token"), "535 bad […] token"),
    (Reply(250, nil, ""), "250"),
  ])
  func `are shown on one line without control characters or blobs`(_ reply: Reply, _ shown: String) {
    #expect(Redaction.shown(reply) == shown)
  }

  @Test func `are capped`() {
    #expect(Redaction.shown(Reply(550, String(repeating: "word ", count: 1000))).count == Redaction.longest)
  }

  @Test func `are capped where one letter stands under a mountain of marks`() {
    let shown = Redaction.shown(Reply(451, "a" + String(repeating: "\u{301}", count: 8000)))
    #expect(shown.unicodeScalars.count == Redaction.longest)
  }

  @Test func `never repeat what we signed in with`() {
    let words = Redaction.redacted(Reply(535, "no: AGZvbwBiYXI= nor sesame"), ["AGZvbwBiYXI=", "sesame", ""])
    #expect(words.lines == ["no: [secret] nor [secret]"])
  }

  @Test(arguments: [
    ("x", "exceeded the max emails per hour", "exceeded the max emails per hour"),
    ("hour", "hourly limit, pass=hour", "hourly limit, pass=[secret]"),
    ("sesame", "sesame and sesame", "[secret] and [secret]"), ("longsecret", "xlongsecrety", "x[secret]y"),
  ])
  func `keep their meaning where a short secret is part of a word`(_ secret: String, _ said: String, _ kept: String) {
    #expect(Redaction.redacted(Reply(550, said), [secret]).lines == [kept])
  }
}
