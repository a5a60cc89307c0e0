// What becomes of a header that is handed in, and who gets the message.

import Message
import SMTP
import Testing

@testable import Sendmail

private let ada = SendmailAccount(user: "ada", fullName: "Ada Byron", host: "host.example")

@Suite struct `A message that is handed in` {
  struct Row: Sendable, CustomStringConvertible {
    let header: String
    let recipients: [String]
    var description: String { header.debugDescription }
  }

  static let rows = [
    Row(
      header: "To: a@x.example\nCc: b@y.example\nBcc: c@z.example\n",
      recipients: ["a@x.example", "b@y.example", "c@z.example"]),
    Row(header: "To: team: a@x.example, \"B, C\" <b@y.example>;\n", recipients: ["a@x.example", "b@y.example"]),
    Row(header: "To: undisclosed-recipients:;\nBcc: a@x.example\n", recipients: ["a@x.example"]),
    Row(
      header: "To: a@x.example (not b@y.example),\n (note)\n\t<c@z.example>\n",
      recipients: ["a@x.example", "c@z.example"]),
    Row(header: "To: =?utf-8?Q?Bj=C3=B6rn=2C_x?= <a@x.example>\n", recipients: ["a@x.example"]),
    Row(header: "To: \"a@b\"@x.example\n", recipients: ["\"a@b\"@x.example"]),
    Row(header: "to: root\nTO: ops\n", recipients: ["root", "ops"]),
    Row(
      header: "To: a@x.example\nResent-To: b@y.example\nResent-Bcc: c@z.example\n",
      recipients: ["b@y.example", "c@z.example"]),
  ]

  @Test(arguments: rows)
  func `goes to whom its header names, behind those of the command line`(row: Row) throws {
    let letter = try letter(row.header + "\nbody\n") {
      ($0.readsHeader, $0.recipients) = (true, ["first", "x@x.example, y@x.example"])
    }
    #expect(letter.envelope.recipients.map(\.text) == ["first", "x@x.example", "y@x.example"] + row.recipients)
  }

  @Test func `loses its Bcc and keeps every other octet`() throws {
    let sent = try letter(
      "Subject: x\nBcc: a@x.example,\n b@x.example\nFrom:  Ada <ada@x.example>\nResent-Bcc: c@x.example\n\nb\n"
    ) {
      ($0.readsHeader, $0.recipients) = (true, ["d@x.example"])
    }
    #expect(text(sent) == "Subject: x\nFrom:  Ada <ada@x.example>\n\nb\n")
  }

  @Test func `keeps its Bcc for the relay to take out where the header names nobody`() throws {
    let octets = "From: ada\nBcc: a@x.example\n\nb\n"
    #expect(text(try letter(octets) { $0.recipients = ["d"] }) == octets)
  }

  @Test(
    arguments: [
      ("Subject: x\n\nb\n", nil, "Subject: x\nFrom: Ada Byron <ada@host.example>\n\nb\n"),
      ("Subject: x\n\nb\n", "Cron Daemon", "Subject: x\nFrom: Cron Daemon <ada@host.example>\n\nb\n"),
      ("Subject: x\n\nb\n", "Björn", "Subject: x\nFrom: =?utf-8?Q?Bj=C3=B6rn?= <ada@host.example>\n\nb\n"),
      ("Subject: x\n", nil, "Subject: x\nFrom: Ada Byron <ada@host.example>\n\n"),
      ("only text\n", nil, "From: Ada Byron <ada@host.example>\n\nonly text\n"),
      ("", nil, "From: Ada Byron <ada@host.example>\n\n"),
      ("From: bob\n\nb\n", "Cron Daemon", "From: bob\n\nb\n"),
    ] as [(String, String?, String)])
  func `gets a From where it has none`(octets: String, name: String?, sent: String) throws {
    #expect(text(try letter(octets) { ($0.recipients, $0.fullName) = (["d"], name) }) == sent)
  }

  @Test(
    arguments: [
      (nil, "ada@host.example"), ("", nil), ("<>", nil), ("root", "root@host.example"), ("b@x.example", "b@x.example"),
      ("<b@x.example>", "b@x.example"), ("Fail2Ban <b@x.example>", "b@x.example"),
    ] as [(String?, String?)])
  func `has the sender that -f names`(option: String?, sender: String?) throws {
    let letter = try letter("\n") { ($0.recipients, $0.sender) = (["d"], option) }
    #expect(letter.envelope.sender?.text == sender)
  }

  @Test(
    arguments: [
      ("To: a@x..example\n\n", ["d"], SendmailExit.badAddress, "This is not an address: a@x..example"),
      ("To: Two Words\n\n", ["d"], .badAddress, "This is not an address: Two Words"),
      ("Subject: x\n\n", [], .badAddress, "Neither To, Cc and Bcc nor the command line name a recipient."),
      ("To: \n\n", [], .badAddress, "Neither To, Cc and Bcc nor the command line name a recipient."),
      ("\n", ["a b"], .badAddress, "This is not an address: a b"),
    ] as [(String, [String], SendmailExit, String)])
  func `is not sent to what is no address`(octets: String, recipients: [String], exit: SendmailExit, sentence: String) {
    #expect(throws: SendmailFailure(exit, sentence)) {
      try letter(octets) { ($0.readsHeader, $0.recipients) = (true, recipients) }
    }
  }

  @Test func `needs a recipient`() {
    #expect(
      throws: SendmailFailure(
        .usage, "Nobody is named as a recipient. With -t the header's To, Cc and Bcc name them.")
    ) { try letter("To: a@x.example\n\n") { _ in } }
  }

  @Test(
    arguments: [("Ada Byron,Room 1", "Ada Byron"), ("& Byron", "Ada Byron"), (",,,", nil), ("", nil)]
      as [(String, String?)])
  func `is by the name of the account`(description: String, name: String?) {
    #expect(SendmailAccount.fullName(description, of: "ada") == name)
  }

  /// LF in the tables stands for CRLF.
  private func letter(_ octets: String, _ change: (inout SendmailOptions) -> Void) throws -> Letter {
    var options = SendmailOptions()
    change(&options)
    return try Letter(
      of: Array(octets.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8),
      options, by: ada)
  }

  private func text(_ letter: Letter) -> String {
    String(decoding: letter.beginning.filter { $0 != 0x0D }, as: UTF8.self)
  }
}

@Suite struct `A refusal of the relay` {
  @Test(arguments: [
    ("451 4.7.1 erp has sent its 60 messages this minute", SendmailExit.tryLater), ("452 4.5.3 Too many", .tryLater),
    ("550 5.7.1 No app matches uid 33", .notAllowed), ("530 5.7.0 Sign in", .notAllowed), ("535 Wrong", .notAllowed),
    ("550 5.1.1 No entity", .refused), ("552 5.3.4 Too large", .refused), ("554 No", .refused),
  ])
  func `ends the program with the number that says so`(line: String, exit: SendmailExit) throws {
    var buffer = LineBuffer()
    var parser = ReplyParser()
    buffer.append(Array("\(line)\r\n".utf8))
    let reply = try #require(try parser.parse(from: &buffer))
    #expect(SendmailFailure(refusedWith: reply) == SendmailFailure(exit, "The relay says: \(line)"))
  }
}
