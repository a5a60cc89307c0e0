// What is kept of a message whose copy belongs into its mailbox's folder of sent messages.

package import FoundationEssentials
package import Message
package import SMTP

/// The copy of one message, from the moment at which somebody has the message. It never changes what becomes of that.
package struct SentCopy: Equatable, Sendable {
  package enum Stage: Equatable, Sendable, CaseIterable {
    /// Nobody has begun to file it, or the server has said that it did not take it.
    case due
    /// It was begun, and no answer is written down: perhaps it is there.
    case begun
    /// It is there, or was given up. It is never filed again.
    case ended
  }

  /// When the provider took the message.
  package let sentAt: Date
  /// The address of the mailbox that it left through; no other mailbox gets the copy.
  package let sentAs: Address?
  /// What the message was sent with: by that a copy is known again.
  package let messageID: InternetMessageID?
  package var stage = Stage.due
  /// When it is tried next; of one that is begun, when it is looked for.
  package var due: Date
  /// How often it was begun.
  package var attempts = 0
  /// What was last found out about it, for people; empty before the first attempt.
  package var finding = ""

  package init(sentAt: Date, sentAs: Address?, messageID: InternetMessageID?) {
    self.sentAt = sentAt
    self.sentAs = sentAs
    self.messageID = messageID
    due = sentAt
  }

  package var isOpen: Bool { stage != .ended }
}
