// What becomes of an entity's mail in its mailbox once it is sent.

/// `sent_copy`: who files a copy of what is sent.
package enum SentCopyRule: String, Sendable, CaseIterable {
  /// As was found out when the mailbox was connected.
  case auto
  /// The provider files them.
  case provider
  /// Letterhead files them.
  case append
  /// Nobody does.
  case none
}

/// `sent_copy`, `sent_folder`, `imap` and the other keys of `[entity.KEY]` about sent copies.
package struct SentCopyRules: Sendable, Equatable {
  /// Whether the sender's own copy names those who got the message without the others' knowing.
  package enum BlindRecipients: String, Sendable, CaseIterable { case keep, drop }

  package var rule = SentCopyRule.auto
  package var blindRecipients = BlindRecipients.keep
  /// The folder as people read it; empty: the one that the server marks, or that has the usual name.
  package var folder = ""
  /// Where the mailbox is read; `nil`: where its provider says.
  package var server: Server?

  package init() {}

  /// Whether Letterhead files a copy of what goes out through `mailbox`. By an API the provider files each message itself.
  package func filesCopies(through mailbox: Mailbox) -> Bool { keeper(through: mailbox) == .append }

  /// Who files them; `nil`: nobody has found out.
  package func keeper(through mailbox: Mailbox) -> SentCopyFinding? {
    if mailbox.provider == .sandbox { return SentCopyFinding.none }
    if mailbox.provider.transport != .smtp { return .provider }
    return switch rule {
    case .append: .append
    case .provider: .provider
    case .none: SentCopyFinding.none
    case .auto: mailbox.sentCopies ?? (mailbox.provider.filesSentCopies == true ? .provider : nil)
    }
  }
}

/// Who files copies of what goes out through a mailbox.
package enum SentCopyFinding: String, Sendable, CaseIterable {
  case provider
  case append
  /// Nobody: the sign-in may not look into the mailbox.
  case none
}
