// What the saved connections need of a database. The verbs of people are MailboxStore's; an engine keeps this contract.

package import Foundation

/// Keeps mailboxes, requests and the audit list as records. Several storages may be open on one database at once, in one
/// process or in many: the command line beside the relay, or the relays of a fleet.
///
/// * Each verb is one transaction. When it returns, all of it is on disk; when it throws, nothing of it has happened. So a
///   power cut leaves what was before the verb or what is after it.
/// * Transactions that write exclude one another. What `decide` is told is therefore still true when its decision is
///   written.
/// * `decide` may be called again when the engine has to begin anew; it has no effect that a second call would harm.
/// * Secrets come sealed and stay so. An engine never sees a password or a token.
/// * No verb ends early because its task was cancelled.
package protocol DirectoryStorage: Sendable {
  /// The database as error sentences name it: a path or an address.
  var name: String { get }

  // MARK: Connections

  /// All connected mailboxes and all that is kept of apps, at one moment.
  func snapshot() async throws(StoreError) -> DirectorySnapshot

  /// Another number than before when another storage has committed something since. Commits of this storage need not
  /// change it.
  func version() async throws(StoreError) -> Int

  /// What is connected to `entity`.
  func mailbox(of entity: String) async throws(StoreError) -> MailboxRecord?

  /// What decisions about the connection of `entity` are made from, read at one moment.
  ///
  /// - Parameter requester: the key of a ``Requester``.
  func facts(of entity: String, for requester: String) async throws(StoreError) -> ConnectionFacts

  /// Reads the facts, lets `decide` decide, and writes the change that it wants.
  func change<Answer: Sendable>(
    _ entity: String, for requester: String,
    _ decide: @escaping @Sendable (ConnectionFacts) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer

  /// - Parameter condition: `nil` for a mailbox that works.
  /// - Returns: `false`, changing nothing, when `generation` is not what is connected to `entity`.
  func setCondition(
    _ condition: ConditionRecord?, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool

  /// Writes what a use of the sign-in brought, all of it.
  ///
  /// - Returns: `false`, changing nothing, when `generation` is not what is connected to `entity`.
  func record(_ use: SignInUseRecord, of entity: String, generation: Int64) async throws(StoreError) -> Bool

  // MARK: Apps

  /// As ``change(_:for:_:)``, about all that is kept of apps.
  func changeApps<Answer: Sendable>(
    _ decide: @escaping @Sendable (AppRecords) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer

  // MARK: Requests and the audit list

  /// As ``change(_:for:_:)``, about the request with this number; `nil` when there is none.
  func change<Answer: Sendable>(
    request number: Int64,
    _ decide: @escaping @Sendable (Request?) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer

  /// The newest `limit`, the oldest of them first.
  ///
  /// - Parameter requester: a key; only this requester's.
  func requests(of requester: String?, limit: Int) async throws(StoreError) -> [Request]

  /// Requests that wait and that no administrator has been told of, the oldest first.
  func untoldRequests(limit: Int) async throws(StoreError) -> [Request]

  func setTold(request number: Int64) async throws(StoreError)

  /// The newest first.
  ///
  /// - Parameter entity: only what was done to this one.
  func audit(of entity: String?, limit: Int) async throws(StoreError) -> [AuditEntry]

  // MARK: What the relay remembers

  /// The faults that people were last told of, by entity.
  func toldFaults() async throws(StoreError) -> [String: Fault]
  func setTold(_ fault: Fault?, of entity: String) async throws(StoreError)

  /// What was last kept for this mailbox address: a text that the engine does not read.
  func sendingRecord(of address: String) async throws(StoreError) -> String?
  func setSendingRecord(_ text: String, of address: String) async throws(StoreError)

  // MARK: Between storages

  /// An element at once, and one soon after any storage has changed what ``snapshot()`` reads, also when another process
  /// did; at most a second later. Further elements mean nothing. Ends with its reader.
  func changes() -> AsyncStream<Void>

  /// Takes the lease on refreshing one sign-in, without waiting.
  ///
  /// - Parameters:
  ///   - until: when it ends though nobody has released it, for an engine that cannot see its owner's death.
  /// - Returns: `nil` while another has it.
  func leaseRefresh(
    of generation: Int64, by owner: String, until: Date, now: Date
  ) async throws(StoreError) -> RefreshLease?

  /// Does nothing for a lease that has ended.
  func release(_ lease: RefreshLease) async
}
