// The head of a file in the drop folder.

import SMTP
import Testing

@testable import Message

@Suite struct `The head of a dropped message` {
  static let envelopes = [
    Envelope(sender: Address("ada@x.example"), recipients: ["root", "b@y.example"].compactMap { Address($0) }),
    Envelope(sender: nil, recipients: ["\"a: b\"@y.example"].compactMap { Address($0) }, is8BitMIME: true),
    Envelope(
      sender: Address("björn@x.example"), recipients: ["b@y.example"].compactMap { Address($0) }, isSMTPUTF8: true),
  ]

  @Test(arguments: envelopes)
  func `is read as it was written`(envelope: Envelope) throws {
    let head = DropHead(envelope: envelope, messageOctets: 12)
    let read = try DropHead.parse((head.octets + Array("Subject: x\r\n".utf8))[...])
    #expect(read.head == head)
    #expect(read.length == head.octets.count)
    for count in head.octets.indices {
      #expect(throws: DropHead.Defect.unended, "\(count)") { try DropHead.parse(head.octets.prefix(count)) }
    }
  }

  @Test(arguments: [
    "letterhead drop 2\n", "Subject: x\n", "letterhead drop 1\n\n", "letterhead drop 1\nOctets: 1\nFrom: <>\n\n",
    "letterhead drop 1\nOctets: -1\n", "letterhead drop 1\nOctets: 1\nOctets: 1\n", "letterhead drop 1\nOctets: 1e3\n",
    "letterhead drop 1\nOctets: 9999999999999999\n", "letterhead drop 1\nOctets: 1\nTo: <a>\n\n",
    "letterhead drop 1\nFrom: <>\nTo: <a>\n\n", "letterhead drop 1\nFrom: <>\nFrom: <>\n",
    "letterhead drop 1\nFrom: <a@b\n", "letterhead drop 1\nFrom: a@b.example\n", "letterhead drop 1\nTo: <>\n",
    "letterhead drop 1\nTo: <a@x.example>\r\n", "letterhead drop 1\nTo: <a@x.example> <b>\n",
    "letterhead drop 1\nBody: x\n",
    "letterhead drop 1\nX: y\n", "letterhead drop 1\nword\n",
  ])
  func `that nobody of ours has written is none`(text: String) {
    #expect(throws: DropHead.Defect.malformed) { try DropHead.parse(Array(text.utf8)[...]) }
  }

  @Test func `has an end`() {
    let long = "letterhead drop 1\n" + String(repeating: "To: <a@x.example>\n", count: 60_000)
    #expect(throws: DropHead.Defect.malformed) { try DropHead.parse(Array(long.utf8)[...]) }
  }

  @Test func `lies under a name that nobody guesses`() {
    let names = (0..<100).map { _ in DropName.random() }
    #expect(Set(names).count == 100)
    #expect(names.allSatisfy { DropName.isFinished($0) && !DropName.isUnfinished($0) })
    #expect(names.allSatisfy { DropName.isUnfinished(DropName.whileWritten($0)) })
    for name in ["", "refused", "new.", "x" + names[0].dropFirst(), names[0] + "0", names[0].uppercased() + "Z"] {
      #expect(!DropName.isFinished(name) && !DropName.isUnfinished(name))
    }
  }
}
