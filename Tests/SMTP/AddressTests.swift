import SMTP
import Support
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("ada@example.org", "ada", "example.org"),
    ("Ada.Lovelace+x@Example.ORG", "Ada.Lovelace+x", "Example.ORG"),
    ("!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~", "example.org"),
    ("\"ada lovelace\"@example.org", "\"ada lovelace\"", "example.org"),
    ("\"a@b>\\\"c\"@example.org", "\"a@b>\\\"c\"", "example.org"),
    ("ada@[192.0.2.1]", "ada", "[192.0.2.1]"),
    ("ada@[IPv6:2001:db8::1]", "ada", "[IPv6:2001:db8::1]"),
    ("root", "root", ""),  // cron
    ("erp@localhost", "erp", "localhost"),
    ("scan@scanner_01.lan", "scan", "scanner_01.lan"),
    ("a..b.@docomo.ne.jp", "a..b.", "docomo.ne.jp"),  // Japanese phones
    ("müller@bücher.example", "müller", "bücher.example"),
  ])
  func `an address is read and kept as written`(text: String, localPart: String, domain: String) {
    #expect(Address(text) == Address(localPart: localPart, domain: domain))
    #expect(Address(text)?.text == text)
  }

  @Test(arguments: [
    "", "@", "@example.org", "ada@", "ada@@example.org", "ada@example..org", "ada@.example.org", "ada@example.org.",
    "ada@-example.org", "ada@example-.org", "ada lovelace@example.org", "ada@exam ple.org", "ada@example.org>",
    "<ada@example.org>", "\"ada@example.org", "\"ada\"x@example.org", "\"ada\\", "ada@[192.0.2.1", "ada@[]",
    "ada@[192.0.2.1]x", "ada@[1\r\n2]", "ada\r\n@example.org", "ada\0@example.org", "ada@example.org\r\nRCPT TO:<x@y>",
    "ada(comment)@example.org", "ada,bob@example.org", "\"a\r\nb\"@example.org", "ada@example.org ", " ada@example.org",
  ])
  func `what is no address is refused`(text: String) {
    #expect(Address(text) == nil)
  }

  @Test func `octets that are no UTF-8 are no address`() {
    #expect(Address(parsing: [0x61, 0xE9, 0x40, 0x62]) == nil)
    #expect(Address(parsing: [0x61, 0x40, 0x62, 0xFF]) == nil)
  }

  @Test func `long parts are taken up to a limit`() {
    let label = String(repeating: "d", count: 63)
    let domain = [label, label, label, String(repeating: "d", count: 63)].joined(separator: ".")
    #expect(Address("\(String(repeating: "l", count: 256))@\(domain)") != nil)
    #expect(Address("\(String(repeating: "l", count: 257))@example.org") == nil)
    #expect(Address("a@\(label)d.example") == nil)
    #expect(Address("a@\(domain).example") == nil)
  }
}
