// Opens the saved connections of a state directory.

import Foundation
package import Logging
package import Mailboxes
import Platform

extension SQLiteStorage {
  /// Makes the state directory (mode 0700) and the database `mailboxes.sqlite` in it (mode 0600) where they are missing.
  /// Blocks on the disk. Several processes may have it open at once.
  ///
  /// - Parameters:
  ///   - given: for the commands in sentences about its mailboxes.
  ///   - acceptsLoss: begins without connections where the database is gone.
  ///   - credentials: `$CREDENTIALS_DIRECTORY`; a `letterhead.key` there goes before the state directory's.
  /// - Throws: `.connectionsLost` where the key of saved sign-ins is there and no database.
  package static func openMailboxes(
    in path: String, entities: [Entity], providers: Providers = Providers(), given: GivenOptions = GivenOptions(),
    acceptsLoss: Bool = false,
    log: Logger? = nil,
    credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
  ) throws(StoreError) -> MailboxStore {
    let directory = try inStateDirectory { () throws(StateDirectoryError) in try StateDirectory(preparing: path) }
    try inStateDirectory { () throws(StateDirectoryError) in try directory.requireWhole() }
    DiskBallast.throwOff(in: directory)
    let isLost = directory.isMissingOrEmpty("mailboxes.sqlite") && !directory.isMissingOrEmpty("key")
    if isLost, !acceptsLoss { throw .connectionsLost(path: directory.file("mailboxes.sqlite")) }
    let vault = Vault(in: directory, credentials: credentials)
    vault.noteCredential()
    return MailboxStore(
      try SQLiteDirectory(in: directory), vault: vault,
      stateDirectory: directory.path, entities: entities, providers: providers, given: given, log: log)
  }
}
