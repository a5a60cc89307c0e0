import FoundationEssentials
import Message
import SMTP
import Testing

struct `Encoded words` {
  @Test(arguments: [
    ("Jörg", "=?utf-8?Q?J=C3=B6rg?="),
    ("a b_c?d=é", "=?utf-8?Q?a_b=5Fc=3Fd=3D=C3=A9?="),
    ("日本", "=?utf-8?B?5pel5pys?="),
  ])
  func `carry text beyond ASCII`(plain: String, encoded: String) {
    #expect(text(EncodedWord.encode(plain)) == encoded)
  }

  @Test(arguments: ["é", "日", "👍", "aé"])
  func `are at most 75 octets long and never cut a character`(character: String) {
    let plain = String(repeating: character, count: 200)
    let words = text(EncodedWord.encode(plain)).split(separator: " ")
    #expect(words.allSatisfy { $0.utf8.count <= 75 })
    #expect(DisplayName(String(words.joined(separator: " "))).text == words.joined(separator: " "))
    let shown = Header(parsing: wire("From: \(words.joined(separator: " ")) <a@b.example>\n\n")).first(.from)
    let name = shown.flatMap { HeaderAddresses(parsing: $0.value).mailboxes.first?.name?.text }
    #expect(name == String(plain.prefix(name?.count ?? 0)))
    #expect(name?.isEmpty == false)
  }
}

struct `A date` {
  @Test(arguments: [
    (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"), (1_795_334_400, "Sun, 22 Nov 2026 08:00:00 +0000"),
    (4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000"), (-5, "Thu, 1 Jan 1970 00:00:00 +0000"),
  ])
  func `is written as header fields have it`(seconds: Double, expected: String) {
    #expect(text(MailDate.octets(Date(timeIntervalSince1970: seconds))) == expected)
  }
}
