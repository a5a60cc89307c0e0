// Which addresses a pattern covers.

import Mailboxes
import SMTP
import StorageConformance
import Testing

@Suite struct SenderPatternTests {
  @Test(arguments: [
    ("*@acme.example", "billing@acme.example", true),
    ("*@acme.example", "Billing@ACME.Example", true),  // domains have no case
    ("ERP@localhost", "erp@LOCALHOST", true),  // nor do patterns, in either part
    ("*@acme.example", "billing@sub.acme.example", false),
    ("*@acme.example", "billing@notacme.example", false),
    ("*@acme.example", "root", false),
    ("*@*.acme.example", "a@mail.acme.example", true),
    ("*@*.acme.example", "a@x.y.acme.example", true),
    ("*@*.acme.example", "a@acme.example", false),
    ("erp@localhost", "erp@localhost", true),
    ("erp@localhost", "erp2@localhost", false),
    ("erp-*@localhost", "erp-7@localhost", true),
    ("*-erp-*@*", "old-erp-erp-7@anywhere", true),
    ("*", "anybody@anywhere.example", true),
    ("*", "root", true),
    ("*@*", "root", false),  // an @ asks for a domain
    ("root", "root", true),  // cron: MAIL FROM:<root>
    ("root", "root@localhost", false),
    ("\"a@b\"@c.example", "\"a@b\"@c.example", true),  // the last @ divides
    ("büro@acme.example", "büro@acme.example", true),
  ])
  func `a pattern matches a sender`(pattern: String, sender: String, matches: Bool) throws {
    #expect(try #require(SenderPattern(pattern)).matches(address(sender)) == matches)
  }

  @Test(arguments: ["", "@acme.example", "erp@", "<erp@localhost>", "a b@c", "a@b\n", "@"])
  func `a pattern no address can match is none`(text: String) {
    #expect(SenderPattern(text) == nil)
  }

  @Test func `a pattern with many stars gives up in reasonable time`() throws {
    let pattern = try #require(SenderPattern(String(repeating: "*a", count: 30) + "@x"))
    #expect(!pattern.matches(address(String(repeating: "a", count: 2000) + "b@x")))
  }

  @Test func `the null sender is a pattern of its own`() throws {
    let pattern = try #require(SenderPattern("<>"))
    #expect(!pattern.matches(address("@host")) && pattern.matches(nil))
    #expect(SenderPattern("*")?.matches(nil) == false)
  }
}
