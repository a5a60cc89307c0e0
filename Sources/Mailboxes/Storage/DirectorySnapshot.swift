// All connected mailboxes at one moment, as records.

package struct DirectorySnapshot: Sendable {
  package var mailboxes: [MailboxRecord]
  /// ``DirectoryStorage/version()`` when they were read.
  package var version: Int

  package init(mailboxes: [MailboxRecord], version: Int) {
    self.mailboxes = mailboxes
    self.version = version
  }
}
