// The message that `letterhead test ENTITY --to ADDR` sends, and what a mailbox sends to itself to learn whom a refusal means.

package import Foundation
package import Mailboxes
import Message
package import SMTP

package struct TestLetter {
  package enum Text: Sendable { case test, selfTest, sentCopy }

  package let message: PreparedMessage

  /// - Parameter bare: a Message-ID without brackets.
  func isNamed(_ bare: String) -> Bool {
    Header(parsing: message.header).first(.messageID).flatMap { InternetMessageID($0.value) }?.isSame(as: bare) ?? false
  }

  package init(from mailbox: Mailbox, to recipient: Address, hostname: String, now: Date, text: Text = .test) {
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
    let body = "This is a test of Letterhead on \(hostname).\r\n\(text.sentence(of: mailbox))\r\n"
    let (header, envelope) = SenderRewrite(identity, hostname: hostname).apply(
      header: Header(parsing: Array(top.utf8)), envelope: Envelope(sender: nil, recipients: [recipient]), now: now,
      id: "test-\(Int(now.timeIntervalSince1970))")
    message = PreparedMessage(envelope: envelope, header: header.serialized(), body: .octets(Array(body.utf8)[...]))
  }
}

extension TestLetter.Text {
  fileprivate func sentence(of mailbox: Mailbox) -> String {
    switch self {
    case .test: "The mailbox \(mailbox.address), connected to the entity \"\(mailbox.entity)\", can send."
    case .sentCopy:
      "It was sent to see whether the provider of \(mailbox.address) puts a copy into the folder of sent messages.\r\n"
        + "You may delete it, and its copy."
    case .selfTest:
      "A message was refused, and nothing says why. That this letter arrives shows that the mailbox\r\n"
        + "\(mailbox.address) of the entity \"\(mailbox.entity)\" can send. You may delete it."
    }
  }
}
