// Under which address and name a message is sent. Made at each attempt from the mailbox that is connected then, so that
// a reconnect changes queued mail too.

package import SMTP

/// The connected mailbox, and what the entity's configuration says of names and answers.
package struct Identity: Equatable, Sendable {
  package enum DisplayNamePolicy: String, Sendable, CaseIterable {
    /// The app's name; where it has none the mailbox's, else the entity's.
    case keep
    case entity
    case mailbox
  }
  package enum ReplyToPolicy: String, Sendable, CaseIterable {
    case original
    case none
  }

  package var address: Address
  /// The mailbox's own display name, where one is known.
  package var mailboxName: String?
  package var entityName: String
  package var displayName: DisplayNamePolicy
  package var replyTo: ReplyToPolicy

  package init(
    address: Address, mailboxName: String? = nil, entityName: String, displayName: DisplayNamePolicy = .keep,
    replyTo: ReplyToPolicy = .original
  ) {
    self.address = address
    self.mailboxName = mailboxName
    self.entityName = entityName
    self.displayName = displayName
    self.replyTo = replyTo
  }
}
