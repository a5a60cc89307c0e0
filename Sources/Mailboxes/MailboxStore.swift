// The saved connections of this host: state_dir/mailboxes.sqlite. Several processes may use it at once.

package import Logging

/// Saved mailboxes and their conditions, secrets sealed.
///
/// The command line connects and disconnects while the relay runs; the relay learns of it within a second.
package actor MailboxStore {
  package init(directory: String, entities: [Entity], log: Logger? = nil) throws(StoreError) {
    fatalError("unfinished")
  }

  /// The state as it stands on disk now.
  package func load() async throws(StoreError) -> Directory { fatalError("unfinished") }

  /// The present state at once, and a newer one after every change, by this process or another; only the newest waits.
  package func changes() -> AsyncStream<Directory> { fatalError("unfinished") }

  /// After SIGHUP: the configuration's entities have changed.
  package func replaceEntities(_ entities: [Entity]) async throws(StoreError) { fatalError("unfinished") }

  /// Saves a tested mailbox and clears the entity's condition. On disk when it returns.
  ///
  /// - Returns: the mailbox with its new generation.
  /// - Throws: `.connectedToAnother` while another address is connected.
  package func connect(_ mailbox: Mailbox) async throws(StoreError) -> Mailbox { fatalError("unfinished") }

  /// For asking before a long sign-in. Throws what ``connect(_:)`` would for this address.
  package func checkMayConnect(_ address: String, to entity: String) async throws(StoreError) {
    fatalError("unfinished")
  }

  /// Forgets the sign-in and the condition; the octets are overwritten on disk. Needs no key.
  ///
  /// - Returns: `false` when nothing was connected.
  package func disconnect(_ entity: String) async throws(StoreError) -> Bool { fatalError("unfinished") }

  /// - Returns: `false`, changing nothing, when the entity has been reconnected since `generation`: what an old
  ///   connection met says nothing about the new one.
  @discardableResult
  package func setCondition(
    _ condition: Condition, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool { fatalError("unfinished") }

  /// The refresh token as it stands on disk, by whichever process it was stored last.
  package func refreshToken(of entity: String, generation: Int64) async throws(StoreError) -> Secret {
    fatalError("unfinished")
  }

  /// Stores a rotated refresh token; it is on disk when this returns.
  package func storeRefreshToken(_ token: Secret, of entity: String, generation: Int64) async throws(StoreError) {
    fatalError("unfinished")
  }
}
