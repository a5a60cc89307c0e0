// The saved connections of this host: state_dir/mailboxes.sqlite. Several processes may use it at once.

package import Foundation
import GRDB
package import Logging
package import SMTP
import System

/// Saved mailboxes and their conditions, secrets sealed.
///
/// The command line connects and disconnects while the relay runs; the relay learns of it within a second. Whatever
/// touches the disk does so on the database's own queue, so a loop's thread may call everything but the initialiser.
///
/// An entity is **disconnected** (no row), or **connected** (a row, its sealed secrets, and a condition). `connect`,
/// `disconnect`, `setCondition` and `record` are one transaction each, synchronised before they return: a power cut
/// leaves what was before it or what is after it. Between a provider's rotating a refresh token and `record`'s return
/// the new token is in memory only, which is why the access token waits for it.
package actor MailboxStore {
  let log: Logger?
  let directory: StateDirectory
  let database: MailboxDatabase
  let vault: Vault

  /// Of the database.
  nonisolated var path: String { database.path }

  private(set) var entities: [Entity]
  private(set) var providers: Providers
  var feed = DirectoryFeed()

  /// Makes the state directory (mode 0700) and the database (mode 0600) where they are missing. Blocks on the disk.
  /// Reads no key yet: ``load()`` does, so that ``disconnect(_:)`` works when it is lost.
  ///
  /// - Parameter credentials: `$CREDENTIALS_DIRECTORY`; a `letterhead.key` there goes before the state directory's.
  package init(
    directory path: String, entities: [Entity], providers: Providers = Providers(), log: Logger? = nil,
    credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
  ) throws(StoreError) {
    directory = try inStateDirectory { () throws(StateDirectoryError) in try StateDirectory(preparing: path) }
    database = try MailboxDatabase(in: directory)
    vault = Vault(KeyFile(in: directory, credentials: credentials))
    self.entities = entities
    self.providers = providers
    self.log = log
  }

  /// The state as it stands on disk now.
  package func load() async throws(StoreError) -> Directory {
    // Reads run in the order they were asked for, but may come back in another.
    let number = feed.startReading()
    let (rows, version) = try await database.perform { [vault, providers] database in
      let version = try dataVersion(database)
      return (try StoredRows(reading: database, vault: vault, providers: providers), version)
    }
    let found = rows.directory(of: entities)
    feed.take(found, reading: number, version: version)
    return found
  }

  /// After SIGHUP: the configuration's entities or providers have changed. What is saved of others stays saved.
  package func reconfigure(_ entities: [Entity], _ providers: Providers = Providers()) async throws(StoreError) {
    self.entities = entities
    self.providers = providers
    _ = try await load()
  }

  /// For asking before a long sign-in: throws what ``connect(_:)`` would for this address.
  package func checkMayConnect(_ address: Address, to entity: String) async throws(StoreError) {
    try await database.perform { try refuseAnother(address, of: entity, in: $0) }
  }

  /// Saves a tested mailbox under a new generation and clears the entity's condition. On disk when it returns.
  ///
  /// - Parameter authorization: who does it, for the audit list; uses up the approval where one is needed.
  /// - Returns: the mailbox with its generation.
  /// - Throws: `.connectedToAnother` while another address is connected; `.request(.notApproved)`.
  package func connect(
    _ mailbox: Mailbox, by authorization: Authorization = .ofThisProcess, at now: Date = Date()
  ) async throws(StoreError) -> Mailbox {
    var saved = mailbox
    saved.generation = try await database.change { [vault] database in
      try refuseAnother(mailbox.address, of: mailbox.entity, in: database)
      try authorization.spend(on: ConnectionChange(connecting: mailbox), in: database, at: now)
      return try mailbox.replace(in: database, vault: vault)
    }
    unlink(unsavedToken(of: mailbox.entity))
    await tellFollowers()
    return saved
  }

  /// Forgets the sign-in and the condition; their octets are overwritten on disk. Needs no key.
  ///
  /// - Parameter authorization: who does it, for the audit list; uses up the approval where one is needed.
  /// - Returns: `false` when nothing was connected.
  package func disconnect(
    _ entity: String, by authorization: Authorization = .ofThisProcess, at now: Date = Date()
  ) async throws(StoreError) -> Bool {
    let wasConnected = try await database.change { database in
      guard let address = try Mailbox.address(connectedTo: entity, in: database) else { return false }
      try authorization.spend(
        on: ConnectionChange(.disconnect, entity: entity, address: address.text), in: database, at: now)
      return try Mailbox.remove(entity, from: database)
    }
    unlink(unsavedToken(of: entity))
    // The write-ahead log still holds the old pages. A reader in our way only delays its next truncation.
    _ = try? await database.perform { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    await tellFollowers()
    return wasConnected
  }

  /// - Returns: `false`, changing nothing, when the entity has been reconnected since `generation`: what an old
  ///   connection met says nothing about the new one.
  @discardableResult
  package func setCondition(
    _ condition: Condition, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool {
    let isCurrent = try await database.change { database in
      try database.execute(
        sql: "UPDATE mailboxes SET condition = ? WHERE entity = ? AND generation = ?",
        arguments: [try condition.storedText, entity, generation])
      return database.changesCount > 0
    }
    await tellFollowers()
    return isCurrent
  }

  /// Where a refresh token goes that the provider rotated before its mailbox was saved. Gone with the next connect or
  /// disconnect of the entity.
  package nonisolated func unsavedToken(of entity: String) -> String { directory.file("\(entity).refresh-token") }

  func versionOnDisk() async throws(StoreError) -> Int { try await database.perform(dataVersion) }
}

/// Changes when another connection has committed; our own commits do not change it.
private func dataVersion(_ database: Database) throws -> Int {
  try Int.fetchOne(database, sql: "PRAGMA data_version") ?? 0
}

/// An address is the same mailbox in any spelling of its letters.
private func refuseAnother(_ address: Address, of entity: String, in database: Database) throws {
  guard let connected = try Mailbox.address(connectedTo: entity, in: database)?.text else { return }
  guard connected.lowercased() != address.text.lowercased() else { return }
  throw StoreError.connectedToAnother(entity: entity, address: connected)
}
