// What is kept of a message whose end was written and whose answer never came.

package import FoundationEssentials
package import Message
package import SMTP

/// The provider may have the message, or may not. Until that is known, nothing of it is sent.
package struct UnknownOutcome: Equatable, Sendable {
  /// When its last octet was written.
  package let writtenAt: Date
  /// The recipients of that transaction, in the app's order. All others of the message wait for them.
  package let recipients: [Address]
  /// What the message was sent with: by that it is known again.
  package let messageID: InternetMessageID?
  /// The address of the mailbox that it was handed to.
  package let sentAs: Address?
  /// What was last found out about it, for people; empty before the first look.
  package var finding: String

  package init(
    writtenAt: Date, recipients: [Address], messageID: InternetMessageID?, sentAs: Address?, finding: String = ""
  ) {
    self.writtenAt = writtenAt
    self.recipients = recipients
    self.messageID = messageID
    self.sentAs = sentAs
    self.finding = finding
  }
}

/// What a look, or a person, says of an unknown outcome. The words say how that is known.
package enum UnknownResolution: Equatable, Sendable {
  /// The provider has taken the message.
  case delivered(String)
  /// Nobody knows that it has: the message is sent once more, and may arrive twice.
  case again(String)
}
