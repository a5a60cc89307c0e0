// To, Cc and Bcc for ways out that know no envelope.

import Foundation
import SMTP
import Support
import Testing

@testable import Message

@Suite struct `A header that names the recipients` {
  /// What the app wrote, whom the envelope names, and what is left.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let fields: [String]
    let recipients: [String]
    let expected: [String]
    var isReduced = false

    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "the envelope's recipients are those of the header: nothing changes",
      fields: ["To: Ada <ada@x.example>, bob@y.example", "Cc: Eve@Z.example"],
      recipients: ["ada@x.example", "bob@y.example", "eve@z.example"],
      expected: ["To: Ada <ada@x.example>, bob@y.example", "Cc: Eve@Z.example"]),
    Case(
      name: "who is in the envelope alone gets a Bcc",
      fields: ["To: ada@x.example"], recipients: ["ada@x.example", "audit@firm.example"],
      expected: ["To: ada@x.example", "Bcc: audit@firm.example"]),
    Case(
      name: "without To and Cc everybody gets a Bcc, and nobody is shown",
      fields: [], recipients: ["ada@x.example", "bob@y.example"], expected: ["Bcc: ada@x.example, bob@y.example"]),
    Case(
      name: "redirected to a test address, nobody else is named",
      fields: ["To: Customer <customer@x.example>", "Cc: boss@x.example"], recipients: ["dev@firm.example"],
      expected: [
        "X-Original-To: Customer <customer@x.example>", "X-Original-Cc: boss@x.example", "To: dev@firm.example",
      ], isReduced: true),
    Case(
      name: "redirected to several, none is shown to the others",
      fields: ["To: list@x.example"], recipients: ["ada@x.example", "bob@y.example"],
      expected: ["X-Original-To: list@x.example", "Bcc: ada@x.example, bob@y.example"], isReduced: true),
    Case(
      name: "a retry of some keeps those",
      fields: ["To: ada@x.example, bob@y.example", "Cc: eve@z.example"],
      recipients: ["bob@y.example", "eve@z.example"],
      expected: ["To: bob@y.example", "Cc: eve@z.example", "X-Original-To: ada@x.example, bob@y.example"],
      isReduced: true),
    Case(
      name: "a group does not pass, however it is called",
      fields: ["To: undisclosed-recipients:;"], recipients: ["ada@x.example"],
      expected: ["X-Original-To: undisclosed-recipients:;", "To: ada@x.example"], isReduced: true),
    Case(
      name: "of a group with members the recipients are kept",
      fields: ["To: Team: ada@x.example, bob@y.example;"], recipients: ["ada@x.example"],
      expected: ["To: ada@x.example", "X-Original-To: Team: ada@x.example, bob@y.example;"], isReduced: true),
    Case(
      name: "two To fields become one",
      fields: ["To: ada@x.example", "To: bob@y.example"], recipients: ["ada@x.example", "bob@y.example"],
      expected: ["To: ada@x.example, bob@y.example"]),
    Case(
      name: "an address without a domain is not sent to",
      fields: ["To: root"], recipients: ["it@firm.example"],
      expected: ["X-Original-To: root", "To: it@firm.example"], isReduced: true),
    Case(
      name: "an empty To goes", fields: ["To:"], recipients: ["ada@x.example"], expected: ["Bcc: ada@x.example"]),
    Case(
      name: "a Bcc of the app's and a resent message's others go",
      fields: ["To: ada@x.example", "Bcc: spy@x.example", "Resent-To: old@x.example"], recipients: ["ada@x.example"],
      expected: ["To: ada@x.example"], isReduced: true),
    Case(
      name: "who is named twice is written once",
      fields: ["To: ada@x.example"], recipients: ["bob@y.example", "Bob@Y.example", "ADA@x.example"],
      expected: ["To: ada@x.example", "Bcc: bob@y.example"]),
  ]

  @Test(arguments: cases) func `follows the envelope`(_ one: Case) throws {
    let header = Header(parsing: Array((one.fields + ["Subject: x", "", ""]).joined(separator: "\r\n").utf8))
    let fields = RecipientFields(header, naming: one.recipients.map(Self.address))
    let written = String(decoding: fields.header.serialized(), as: UTF8.self)
    let lines = written.components(separatedBy: "\r\n").filter { !$0.isEmpty && $0 != "Subject: x" }
    #expect(lines.sorted() == one.expected.sorted())
    #expect(fields.isReduced == one.isReduced)
    // What is written is what is read again, so that no line can name somebody else.
    let again = RecipientFields(fields.header, naming: one.recipients.map(Self.address))
    #expect(again.header.all(.to).map { Array($0.bytes) } == fields.header.all(.to).map { Array($0.bytes) })
  }

  @Test func `600 recipients stand on lines that every server takes`() {
    let recipients = (0..<600).map { Address(localPart: "person\($0)", domain: "example.org") }
    let fields = RecipientFields(Header(parsing: Array("Subject: x\r\n\r\n".utf8)), naming: recipients)
    let lines = String(decoding: fields.header.serialized(), as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 998 })
    #expect(
      HeaderAddresses(parsing: fields.header.first(.bcc)?.value ?? []).mailboxes.compactMap(\.address) == recipients)
  }

  @Test(arguments: [
    ("ada@x.example", true), ("\"ada byron\"@x.example", true), ("ada@[192.0.2.1]", true), ("a,b@x.example", false),
    ("ada@x.example, bob@y.example", false), ("ada", false), ("a>b@x.example", false),
  ])
  func `an address that would be read as something else cannot be named`(_ text: String, _ can: Bool) {
    #expect(RecipientFields.canName(Self.address(text)) == can)
  }

  @Test func `a signature over To goes with it, one that does not sign it stays`() {
    let text = "To: a@x.example\r\nDKIM-Signature: v=1; h=from:to; b=x\r\nDKIM-Signature: v=1; h=from:date; b=y\r\n\r\n"
    let fields = RecipientFields(Header(parsing: Array(text.utf8)), naming: [Self.address("dev@firm.example")])
    #expect(
      fields.header.all(.dkimSignature).map { String(decoding: $0.value, as: UTF8.self) } == [" v=1; h=from:date; b=y"])
  }

  @Test(arguments: [
    ("\"printer@x.example\" <printer@x.example>", "printer@x.example"),
    ("printer@x.example <office@firm.example>", "office@firm.example"),
    ("Ada <office@firm.example>", "Ada <office@firm.example>"),
    ("office@firm.example", "office@firm.example"),
  ])
  func `a name that is an address is taken off From`(_ from: String, _ expected: String) {
    var header = Header(parsing: Array("From: \(from)\r\n\r\n".utf8))
    header.dropAddressAsName()
    #expect(String(decoding: header.first(.from)?.bytes ?? [], as: UTF8.self) == "From: \(expected)\r\n")
  }

  private static func address(_ text: String) -> Address {
    guard let at = text.lastIndex(of: "@") else { return Address(localPart: text, domain: "") }
    return Address(localPart: String(text[..<at]), domain: String(text[text.index(after: at)...]))
  }
}
