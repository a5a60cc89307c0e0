// The saved connections and what is kept of apps: what people and the relay do with them, over whatever engine keeps them.

package import Foundation
package import Logging
package import SMTP
import Synchronization

/// Saved mailboxes and their conditions, secrets sealed. Several stores may be open on one storage at once, in this process
/// and in others: the command line connects and disconnects while the relay runs, which learns of it within a second.
///
/// Nothing here blocks, so a loop's thread may call everything. Only the key, a small file, is read where it is first
/// needed.
///
/// An entity is **disconnected** (no record), or **connected** (a record, its sealed secrets, and a condition). `connect`,
/// `disconnect`, `setCondition` and `record` are one transaction each, on disk before they return: a power cut leaves what
/// was before it or what is after it. Between a provider's rotating a refresh token and `record`'s return the new token is
/// in memory only, which is why the access token waits for it.
package actor MailboxStore {
  let log: Logger?
  let storage: any DirectoryStorage
  let vault: Vault

  /// Where this host keeps what is its own: the key, and what the relay's helpers need to open the same connections.
  package nonisolated let stateDirectory: String

  private(set) var entities: [Entity]
  private(set) var providers: Providers
  /// For the commands in sentences about its mailboxes.
  private let given: GivenOptions
  var feed = DirectoryFeed()
  /// Read by sessions, which do not wait for this actor.
  nonisolated let knownApps = Mutex(AppRegistry())

  /// Reads no key yet: ``load()`` does, so that ``disconnect(_:by:at:)`` works when it is lost.
  package init(
    _ storage: any DirectoryStorage, vault: Vault, stateDirectory: String, entities: [Entity],
    providers: Providers = Providers(), given: GivenOptions = GivenOptions(), log: Logger? = nil
  ) {
    self.storage = storage
    self.vault = vault
    self.stateDirectory = stateDirectory
    self.entities = entities
    self.providers = providers
    self.given = given
    self.log = log
  }

  deinit { feed.watch?.cancel() }

  /// The state as it is stored now.
  package func load() async throws(StoreError) -> Directory {
    // Reads run in the order they were asked for, but may come back in another.
    let number = feed.startReading()
    let snapshot = try await storage.snapshot()
    take(registry(of: snapshot.apps), reading: number)
    let found = try directory(of: snapshot.mailboxes, holds: snapshot.holds)
    feed.take(found, reading: number, version: snapshot.version)
    return found
  }

  /// After SIGHUP: the configuration's entities or providers have changed. What is saved of others stays saved.
  ///
  /// - Returns: the state by them, which followers hear of in a moment.
  @discardableResult
  package func reconfigure(
    _ entities: [Entity], _ providers: Providers = Providers()
  ) async throws(StoreError) -> Directory {
    self.entities = entities
    self.providers = providers
    return try await load()
  }

  /// For asking before a long sign-in: throws what ``connect(_:by:at:)`` would for this address.
  package func checkMayConnect(_ address: Address, to entity: String) async throws(StoreError) {
    try await storage.facts(of: entity, for: "").refuseAnother(address)
  }

  /// Saves a tested mailbox under a new generation and clears the entity's condition. On disk when it returns.
  ///
  /// - Parameter authorization: who does it, for the audit list; uses up the approval where one is needed.
  /// - Returns: the mailbox with its generation.
  /// - Throws: `.connectedToAnother` while another address is connected; `.request(.notApproved)`.
  package func connect(
    _ mailbox: Mailbox, by authorization: Authorization = .ofThisProcess, at now: Date = Date()
  ) async throws(StoreError) -> Mailbox {
    let saved = try await storage.change(mailbox.entity, for: authorization.requester.key) {
      [vault] facts throws(StoreError) in
      try facts.connecting(mailbox, by: authorization, at: now) { () throws(StoreError) in
        try vault.seal(mailbox.signIn.secrets, of: mailbox.entity, beside: facts.savedSecret)
      }
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
    let wasConnected = try await storage.change(entity, for: authorization.requester.key) { facts throws(StoreError) in
      try facts.disconnecting(by: authorization, at: now)
    }
    unlink(unsavedToken(of: entity))
    await tellFollowers()
    return wasConnected
  }

  /// - Returns: `false`, changing nothing, when the entity has been reconnected since `generation`: what an old
  ///   connection met says nothing about the new one.
  @discardableResult
  package func setCondition(
    _ condition: Condition, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool {
    let isCurrent = try await storage.setCondition(ConditionRecord(condition), of: entity, generation: generation)
    await tellFollowers()
    return isCurrent
  }

  /// Where a refresh token goes that the provider rotated before its mailbox was saved. Removed by the next connect or
  /// disconnect of the entity.
  package nonisolated func unsavedToken(of entity: String) -> String { "\(stateDirectory)/\(entity).refresh-token" }

  /// Only what the configuration names.
  private func directory(of records: [MailboxRecord], holds: [EntityHold]) throws(StoreError) -> Directory {
    let keys = Set(entities.map(\.key))
    var mailboxes: [String: Mailbox] = [:]
    var conditions: [String: Condition] = [:]
    for record in records {
      // Opened for every record: a lost key is told before an entity needs it.
      var mailbox = try opened(record)
      mailbox.given = given
      guard keys.contains(record.entity) else { continue }
      mailboxes[record.entity] = mailbox
      conditions[record.entity] = record.condition.map { Condition($0) }
    }
    return Directory(
      entities: entities, mailboxes: mailboxes, conditions: conditions,
      holds: Dictionary(holds.map { ($0.entity, $0) }) { first, _ in first })
  }

  private func opened(_ record: MailboxRecord) throws(StoreError) -> Mailbox {
    do {
      return try record.mailbox(among: providers) { (sealed, name) throws(StoreError) in
        try vault.open(sealed, as: name)
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw .unusable(path: storage.name, reason: "a row of it is damaged")
    }
  }
}
