// All connected mailboxes, the entities on hold, and all that is kept of apps at one moment, as records.

package struct DirectorySnapshot: Sendable {
  package var mailboxes: [MailboxRecord]
  package var apps: AppRecords
  package var holds: [EntityHold]
  /// ``DirectoryStorage/version()`` when they were read.
  package var version: Int

  package init(
    mailboxes: [MailboxRecord], apps: AppRecords = AppRecords(), holds: [EntityHold] = [], version: Int
  ) {
    self.mailboxes = mailboxes
    self.apps = apps
    self.holds = holds
    self.version = version
  }
}
