// The forms of a line, each read back by a program that is not ours, or by its own grammar.

import Foundation
import Logging
import Synchronization
import Testing

@testable import Logs

/// Texts of strangers, such as a client or a provider sends.
private let texts = [
  "accepted", "", "two words", "a=b", "say \"hi\" \\", "x\nlevel=error event=forged", "\u{1B}[2J\u{9B}1m\u{7F}\u{202E}",
  // A mark behind a quote makes one character of the two.
  "\"\u{301} level=error", "\r\n", "tab\there", "Grüße, 日本語 🎩", "<3>forged", "\0", "\\", "\u{2028}",
]

@Suite struct `The forms of a line` {
  @Test(arguments: [
    ("accepted", "accepted"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
    ("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""), ("x\nlevel=error msg=forged", "\"x\\nlevel=error msg=forged\""),
    ("\u{1B}[2J\u{9B}1m\u{7F}\u{202E}", "\"\\u001b[2J\\u009b1m\\u007f\\u202e\""),
    ("\"\u{301} level=error", "\"\\\"\u{301} level=error\""), ("\r\n", "\"\\r\\n\""),
  ])
  func `a value cannot leave its place or steer a terminal`(value: String, written: String) {
    var line: [UInt8] = []
    LogText.appendLogfmt(value, to: &line)
    #expect(line == Array(written.utf8))
  }

  @Test(arguments: texts)
  func `a logfmt line gives each field back as it was`(text: String) throws {
    let fields = try LogfmtReading.fields(of: line(.refused, [.client: "192.0.2.1", .reply: text], as: .logfmt))
    #expect(fields["reply"] == text && fields["client"] == "192.0.2.1")
    #expect(fields["event"] == "refused" && fields["level"] == "notice" && fields["msg"] == nil)
  }

  @Test(arguments: texts)
  func `a line of JSON is one object and gives each field back`(text: String) throws {
    let line = line(.refused, [.id: "412", .reply: text, .app: "7"], as: .json)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["reply"] as? String == text && object["id"] as? Int == 412)
    #expect(object["app"] as? String == "7", "a name of digits is a name")
    #expect(object["event"] as? String == "refused" && object["level"] as? String == "notice")
  }

  @Test(arguments: texts)
  func `an entry of the journal gives each field back, and only line ends of what steers`(text: String) throws {
    let event = event(.refused, [.id: "412", .reply: text])
    let fields = try JournalReading.fields(of: LogRecord(event).journalEntry())
    #expect(fields["LETTERHEAD_REPLY"] == text.harmlessButLineEnds)
    #expect(fields["LETTERHEAD_ID"] == "412" && fields["LETTERHEAD_EVENT"] == "refused" && fields["PRIORITY"] == "5")
    #expect(fields["MESSAGE"]?.hasPrefix("event=refused id=412 reply=") == true)
    #expect(fields["MESSAGE"]?.contains("\n") == false)
  }

  @Test(arguments: LogFormat.allCases)
  func `no text makes a line of more than one line, or puts a control character into it`(format: LogFormat) {
    for text in texts {
      let line = line(.failed, [.reply: text, .reason: text], as: format)
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" })
    }
  }

  @Test func `a long text is cut between two characters, and says so`() throws {
    let text = String(repeating: "日", count: 5000)
    let fields = try LogfmtReading.fields(of: line(.refused, [.reply: text], as: .logfmt))
    let reply = try #require(fields["reply"])
    #expect(reply.utf8.count <= LogText.mostOctets + 3 && reply.hasSuffix("日…"))
  }

  @Test func `a line has an end, however much is to be told`() {
    let long = String(repeating: "\u{1B}", count: 5000)
    let all = LoggedFields.of(LogField.allCases.map { ($0, long) })
    for format in LogFormat.allCases {
      #expect(line(.failed, all, as: format).utf8.count < 32 << 10)
    }
    #expect(LogRecord(event(.failed, all)).journalEntry().count < 64 << 10)
  }

  @Test func `fields stand in the table's order, and those of others behind them`() {
    var event = event(.accepted, [.octets: "7", .entity: "acme", .id: "1"])
    event.metadata?["zebra"] = "x"
    #expect(text(LogRecord(event)) == "level=info event=accepted id=1 entity=acme octets=7 zebra=x")
  }

  @Test func `a warning says in words what it means`() {
    #expect(
      text(LogRecord(event(.diskFailing, [.reason: "EIO"])))
        == "level=error event=disk_failing msg=\"The queue's disk fails.\" reason=EIO")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_796_065_205_123, "2026-11-30T19:00:05.123Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
  ])
  func `a time is written as the calendar has it`(milliseconds: Int, written: String) {
    var octets: [UInt8] = []
    LogTime(milliseconds: milliseconds).append(to: &octets)
    #expect(String(decoding: octets, as: UTF8.self) == written)
  }

  @Test(arguments: [
    ([], ""), (["a"], "a"), (["a", "b", "c"], "a,b,c"), (["a", "b", "c", "d", "e"], "a,b,c,+2"),
  ])
  func `of a list the first three stand in a line, and how many more there are`(list: [String], written: String) {
    #expect(LoggedFields.few(list) == written)
  }
}

@Suite struct `The table of events` {
  @Test func `every name is one that the journal and logfmt take`() {
    let names = LoggedEvent.allCases.map(\.rawValue) + LogField.allCases.map(\.rawValue)
    #expect(names.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isLowercase || $0 == "_" } })
  }

  @Test func `three events have an id in the journal, 128 bits that no two share`() {
    let ids = LoggedEvent.allCases.compactMap(\.journalID)
    #expect(LoggedEvent.allCases.filter { $0.journalID != nil } == [.failed, .flagRaised, .flagCleared])
    #expect(Set(ids).count == 3)
    #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) && $0 == $0.lowercased() })
  }

  @Test func `the ids of the journal are those that were released`() {
    #expect(LoggedEvent.flagRaised.journalID == "f4a3de72ecf2428999ac0736b82fd808")
    #expect(LoggedEvent.flagCleared.journalID == "ef21d0280fce40c5af159449738404cf")
    #expect(LoggedEvent.failed.journalID == "addf1e666e1e4b1b8fbb1a81e6c74117")
  }

  @Test func `every sentence is one, and fits a row of the page`() {
    let sentences = LoggedEvent.allCases.map(\.sentence) + LogField.allCases.map(\.sentence)
    #expect(
      sentences.allSatisfy {
        $0.hasSuffix(".") && !$0.contains("\n") && $0.replacing("`|`", with: "").contains("|") == false
      })
  }
}

@Suite struct `Addresses in the log` {
  @Test(arguments: [
    ("ada@example.org", "*@example.org", "*"),
    ("ada@example.org,b.c+d@x.example,+7", "*@example.org,*@x.example,+7", "*,*,+7"),
    (
      "550 5.1.1 <nobody@example.org>: user unknown", "550 5.1.1 <*@example.org>: user unknown",
      "550 5.1.1 <*>: user unknown"
    ),
    ("<>", "<>", "<>"), ("root", "root", "root"), ("@", "*@", "*"), ("a@", "*@", "*"), ("a@@b", "*@*@b", "**"),
    ("\"a b\"@x.example wrote", "*@x.example wrote", "* wrote"),
    ("mailto:ada@example.org", "mailto:*@example.org", "mailto:*"),
    ("müller@bücher.example", "*@bücher.example", "*"), ("ada@\u{301}example.org", "*@\u{301}example.org", "*"),
    ("ada@[192.0.2.1] x", "*@[192.0.2.1] x", "* x"), ("\"@x.example", "\"*@x.example", "\"*"),
  ])
  func `are shown whole, by their domain, or not at all`(text: String, domain: String, none: String) {
    #expect(AddressMask(.domain)?.masked(text) == domain)
    #expect(AddressMask(.none)?.masked(text) == none)
    #expect(AddressMask(.full) == nil)
  }

  @Test(arguments: [
    ("erp@acme.example", "*@acme.example", "*"), ("<>", "<>", "<>"), ("", "", ""), ("secret", "*", "*"),
    ("secret@", "*", "*"), ("\"secret\\\" secret\"@acme.example", "*@acme.example", "*"),
    ("secret secret@acme.example", "*@acme.example", "*"), ("secret(c)@acme.example", "*@acme.example", "*"),
    ("secret,secret@acme.example", "*@acme.example", "*"), ("+49151123", "*", "*"), ("a@b c@", "*", "*"),
    ("\"joe@secret.name,x\"@acme.example", "*@acme.example", "*"),
  ])
  func `leave nothing but a domain in a field of one`(text: String, domain: String, none: String) {
    #expect(AddressMask(.domain)?.maskedAddress(text) == domain)
    #expect(AddressMask(.none)?.maskedAddress(text) == none)
    let record = LogRecord(event(.failed, [.sender: "\(text)"]), masking: AddressMask(.none))
    #expect(record.fields.allSatisfy { $0.name != "sender" || $0.value == none })
  }

  @Test(arguments: [
    ("a@x.example", "*@x.example"), ("a@x.example,b,c@y.example,+3", "*@x.example,*,*@y.example,+3"),
    ("a@x.example,+4915", "*@x.example,*"), ("\"q,+4915,z\"@x.example", "*@x.example"),
    ("\"p@q.private,\\\",z\"@x.example,b@y.example", "*@x.example,*@y.example"),
  ])
  func `leave nothing but domains in a field of recipients`(text: String, domain: String) {
    #expect(AddressMask(.domain)?.maskedFew(text) == domain)
  }

  @Test(arguments: [
    ("550 5.1.2 <mary.jones> has no domain", "550 5.1.2 <*> has no domain"), ("a < b > c", "a <*> c"), ("<>", "<>"),
    ("<ada@x.example> and <mary>", "<*> and <*>"), ("no end <mary", "no end <mary"),
  ])
  func `without a domain are masked in brackets`(text: String, none: String) {
    #expect(AddressMask(.none)?.masked(text) == none)
  }

  @Test func `go from every field but the Message-ID, which is no address`() throws {
    let fields: LoggedFields = [
      .sender: "erp@acme.example", .recipients: "ada@example.org", .messageID: "<1.2@erp.acme.example>",
      .reply: "550 5.1.1 <ada@example.org> unknown",
    ]
    let record = LogRecord(event(.failed, fields), masking: AddressMask(.domain))
    let read = try LogfmtReading.fields(of: text(record))
    #expect(read["sender"] == "*@acme.example" && read["recipients"] == "*@example.org")
    #expect(read["reply"] == "550 5.1.1 <*@example.org> unknown" && read["message_id"] == "<1.2@erp.acme.example>")
  }
}
