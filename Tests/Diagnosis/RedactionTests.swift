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
    let shown = Redaction.shown(Reply(550, String(repeating: "word ", count: 1000)))
    #expect(shown.count == Redaction.longestText && shown.hasSuffix("…"))
  }

  /// A line of the status and of a terminal can be broken between them.
  @Test(arguments: [
    String(repeating: "no.", count: 300), String(repeating: "日本", count: 450),
    // One character to Swift.
    "e" + String(repeating: "\u{301}", count: 900),
  ])
  func `have no word that breaks a line`(word: String) {
    let words = Redaction.shown(Reply(550, "Refused \(word) today")).split(separator: " ")
    #expect(words.count == 4 && words[1] == "Refused" && words[3] == "today")
    #expect(words[2].unicodeScalars.count == Redaction.longestShownWord && words[2].hasSuffix("…"))
  }

  @Test func `keep the address of a help page`() {
    let address = "https://support.example.com/mail/answer/" + String(repeating: "a-page/", count: 11)
    #expect(Redaction.shown(Reply(550, "See \(address)")) == "550 See \(address)")
  }

  @Test func `keep no token in an address`() {
    let token = String(repeating: "aB3", count: 21)
    #expect(Redaction.shown(Reply(550, "See https://support.example.com/mail/\(token)/page")) == "550 See […]")
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
