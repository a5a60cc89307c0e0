// Who a message goes out as. Made from today's mailbox at each attempt, so a reconnect changes queued mail too.

package import SMTP

/// Who a message goes out as: the mailbox connected now, and the entity's wishes.
package struct Identity: Equatable, Sendable {
  package enum DisplayName: String, Sendable, CaseIterable {
    /// The app's; if it had none, the mailbox's, else the entity's name.
    case keep
    case entity
    case mailbox
  }
  package enum ReplyTo: String, Sendable, CaseIterable {
    case original
    case none
  }

  package var address: Address
  /// The mailbox's own display name, where one is known.
  package var mailboxName: String?
  package var entityName: String
  package var displayName: DisplayName
  package var replyTo: ReplyTo

  package init(
    address: Address, mailboxName: String? = nil, entityName: String, displayName: DisplayName = .keep,
    replyTo: ReplyTo = .original
  ) {
    self.address = address
    self.mailboxName = mailboxName
    self.entityName = entityName
    self.displayName = displayName
    self.replyTo = replyTo
  }
}
