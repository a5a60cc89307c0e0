// The saved connections of a test's own state directory.

import Mailboxes
import StorageConformance
import StorageSQLite
import Support

/// Opens them once more, as another process does.
func store(in directory: TemporaryDirectory, credentials: String? = nil) throws(StoreError) -> MailboxStore {
  try SQLiteStorage.openMailboxes(
    in: directory.path, entities: [entity("acme", isDefault: true), entity("beta")], credentials: credentials)
}
