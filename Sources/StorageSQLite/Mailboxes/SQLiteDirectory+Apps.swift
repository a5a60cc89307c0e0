// What is kept of apps, read and written beside the saved connections.

import GRDB
package import Mailboxes

extension SQLiteDirectory {
  static func appRecords(in database: Database) throws -> AppRecords {
    let approvals = AppApprovalTables(database)
    var records = AppRecords()
    records.credentials = try AppCredentialTable(database).all()
    records.approved = try approvals.approved()
    records.denied = try approvals.denied()
    records.mailboxSecret = try MailboxTable(database).anySecret(besides: "")
    return records
  }

  package func changeApps<Answer: Sendable>(
    _ decide: @escaping @Sendable (AppRecords) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try await write { try decide(Self.appRecords(in: $0)) }
  }
}
