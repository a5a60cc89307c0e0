// An entity as the configuration names it, and the patterns by which a message finds it.

package import Message
package import SMTP

/// A company, brand or project that sends mail. Comes from the configuration and is never stored.
package struct Entity: Sendable, Equatable {
  /// The name in `[entity.KEY]`; the spool and the store know the entity by it.
  package var key: String
  /// The name people read.
  package var name: String
  package var isDefault: Bool
  package var senders: [SenderPattern]
  /// Who gets failure reports. Empty: the mailbox's own address.
  package var notify: [Address]
  /// Who gets mail to a recipient without a domain, such as `root`. `nil`: whoever `notify` names.
  package var localRecipients: [Address]?
  package var displayName: Identity.DisplayNamePolicy
  package var replyTo: Identity.ReplyToPolicy
  /// `[entity.KEY.limits]`: each goes before the limit of the mailbox's provider.
  package var limits: SendingLimits
  package var sentCopies: SentCopyRules
  package var unknownOutcome: UnknownOutcomeRule

  package init(
    key: String, name: String, isDefault: Bool = false, senders: [SenderPattern] = [], notify: [Address] = [],
    localRecipients: [Address]? = nil, displayName: Identity.DisplayNamePolicy = .keep,
    replyTo: Identity.ReplyToPolicy = .original,
    limits: SendingLimits = SendingLimits(), sentCopies: SentCopyRules = SentCopyRules(),
    unknownOutcome: UnknownOutcomeRule = .retry
  ) {
    self.key = key
    self.name = name
    self.isDefault = isDefault
    self.senders = senders
    self.notify = notify
    self.localRecipients = localRecipients
    self.displayName = displayName
    self.replyTo = replyTo
    self.limits = limits
    self.sentCopies = sentCopies
    self.unknownOutcome = unknownOutcome
  }
}
