// What becomes of an entity's mail in its mailbox once it is sent.

/// `sent_folder`, `imap` and the other keys of `[entity.KEY]` about sent copies.
package struct SentCopyRules: Sendable, Equatable {
  /// The folder as people read it; empty: the one that the server marks, or that has the usual name.
  package var folder = ""
  /// Where the mailbox is read; `nil`: where its provider says.
  package var server: Server?

  package init() {}
}
