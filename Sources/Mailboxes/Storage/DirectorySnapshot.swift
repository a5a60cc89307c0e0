// All connected mailboxes and all that is kept of apps at one moment, as records.

package struct DirectorySnapshot: Sendable {
  package var mailboxes: [MailboxRecord]
  package var apps: AppRecords
  /// ``DirectoryStorage/version()`` when they were read.
  package var version: Int

  package init(mailboxes: [MailboxRecord], apps: AppRecords = AppRecords(), version: Int) {
    self.mailboxes = mailboxes
    self.apps = apps
    self.version = version
  }
}
