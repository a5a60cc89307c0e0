// The identifier in the header, as it is logged and looked for.

import Foundation
import SMTP
import Testing

@testable import Message

@Suite struct `The Message-ID of a header` {
  @Test(arguments: [
    ("Message-ID: <a.1@erp.example>", "<a.1@erp.example>"),
    ("message-id:<a.1@erp.example>", "<a.1@erp.example>"),
    // Folded, as long ones are.
    ("Message-ID:\r\n <a.1@erp.example>", "<a.1@erp.example>"),
    ("Message-ID: <a.1@erp\r\n .example>", "<a.1@erp.example>"),
    // A comment, and what else stands behind the bracket.
    ("Message-ID: <a.1@erp.example> (made by erp)", "<a.1@erp.example>"),
    // Apps that leave the brackets out.
    ("Message-ID: a.1@erp.example", "a.1@erp.example"),
    ("Message-ID: ", nil), ("Message-ID: \t\r\n  ", nil), ("Subject: x", nil),
    // An empty one before another is none.
    ("Message-ID:\r\nMessage-ID: <b@x>", "<b@x>"),
    ("Message-ID: <a>\r\nMessage-ID: <b>", "<a>"),
    // Nothing that could begin a line of a log, or colour a terminal.
    ("Message-ID: <a\u{1b}[31m\u{7f}\u{0}b@x>", "<a[31mb@x>"),
    ("Message-ID: <\u{202e}ü@x>", "<?????@x>"),
  ])
  func `is one line of printable characters, with its brackets`(fields: String, expected: String?) {
    let header = Header(parsing: Array("\(fields)\r\n\r\n".utf8))
    #expect(InternetMessageID(of: header)?.description == expected)
  }

  @Test func `is cut where it is longer than anybody's`() throws {
    let long = try #require(InternetMessageID("<\(String(repeating: "a", count: 10_000))@x>".utf8))
    #expect(long.description.utf8.count == InternetMessageID.maximumOctets)
    #expect(long == InternetMessageID(long.description.utf8), "what is read back is the same")
  }

  @Test(arguments: [("<a@x>", "a@x"), ("a@x", "a@x"), ("<a@x", "<a@x"), ("<>", "<>")])
  func `is found without its brackets as well`(text: String, bare: String) throws {
    let found = try #require(InternetMessageID(text.utf8))
    #expect(found.bare == bare)
  }

  @Test func `that is added at delivery is known beforehand`() {
    let now = Date(timeIntervalSince1970: 1_795_942_650)
    let identity = Identity(address: Address(localPart: "office", domain: "acme.example"), entityName: "Acme")
    let rewrite = SenderRewrite(identity, hostname: "relay.example")
    let envelope = Envelope(sender: nil, recipients: [Address(localPart: "ada", domain: "example.org")])
    let (header, _) = rewrite.apply(
      header: Header(parsing: Array("Subject: x\r\n\r\n".utf8)), envelope: envelope, now: now, id: "17")
    let known = InternetMessageID(
      addedTo: "17", receivedAt: now, hostname: "relay.example", domain: "acme.example")
    #expect(InternetMessageID(of: header) == known)
  }
}
