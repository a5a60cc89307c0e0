// The message that `letterhead test ENTITY --to ADDR` sends.

import Foundation
import Mailboxes
import Message
import SMTP

struct TestLetter {
  let message: PreparedMessage

  init(from mailbox: Mailbox, to recipient: Address, hostname: String, now: Date) {
    let identity = Identity(
      address: mailbox.address, mailboxName: mailbox.displayName, entityName: mailbox.entity, displayName: .mailbox,
      replyTo: .none)
    let top = """
      From: <\(mailbox.address)>\r
      To: <\(recipient)>\r
      Subject: Letterhead test\r
      Auto-Submitted: auto-generated\r
      \r\n
      """
    let body = """
      This is a test of Letterhead on \(hostname).\r
      The mailbox \(mailbox.address), connected to the entity "\(mailbox.entity)", can send.\r\n
      """
    let (header, envelope) = SenderRewrite(identity, hostname: hostname).apply(
      header: Header(parsing: Array(top.utf8)), envelope: Envelope(sender: nil, recipients: [recipient]), now: now,
      id: "test-\(Int(now.timeIntervalSince1970))")
    message = PreparedMessage(envelope: envelope, header: header.serialized(), body: .octets(Array(body.utf8)[...]))
  }
}
