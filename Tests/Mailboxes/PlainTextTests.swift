// What people may write into requests and answers.

import Mailboxes
import Testing

@Suite struct PlainTextTests {
  @Test(arguments: [
    ("A new provider.", true), ("  Übernahme durch die Müller GmbH ", true),
    (String(repeating: "x", count: 1000), true),
    ("", false), ("   ", false), (String(repeating: "x", count: 1001), false),
    ("two\nlines", false), ("\u{1B}[2Jgone", false), ("turned \u{202E}round", false), ("NUL\0", false),
    ("next\u{2028}line", false), ("C1 \u{9B}2J", false),
  ])
  func `a justification is one plain line`(text: String, isTaken: Bool) {
    #expect((PlainText(text) != nil) == isTaken)
  }
}
