// The saved connections in SQLite: state_dir/mailboxes.sqlite, and the locks and notices beside it.

package import Foundation
import GRDB
package import Mailboxes
package import Platform

/// Every verb runs on the database's own queue.
package final class SQLiteDirectory: DirectoryStorage {
  private let database: MailboxDatabase
  private let refreshLocks: RefreshLocks

  package init(in directory: StateDirectory) throws(StoreError) {
    database = try MailboxDatabase(in: directory)
    refreshLocks = RefreshLocks(in: directory)
  }

  package var name: String { database.path }

  // MARK: Connections

  package func snapshot() async throws(StoreError) -> DirectorySnapshot {
    try await database.read { database in
      DirectorySnapshot(
        mailboxes: try MailboxTable(database).all(), apps: try Self.appRecords(in: database),
        holds: try EntityHoldTable(database).all(), version: try Self.version(of: database))
    }
  }

  package func version() async throws(StoreError) -> Int { try await database.read(Self.version) }

  /// Changes when another connection has committed; this one's commits do not change it.
  private static func version(of database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA data_version") ?? 0
  }

  package func mailbox(of entity: String) async throws(StoreError) -> MailboxRecord? {
    try await database.read { try MailboxTable($0).record(of: entity) }
  }

  package func facts(of entity: String, for requester: String) async throws(StoreError) -> ConnectionFacts {
    try await database.read { try Self.facts(of: entity, for: requester, in: $0) }
  }

  private static func facts(
    of entity: String, for requester: String, in database: Database
  ) throws -> ConnectionFacts {
    let (mailboxes, requests) = (MailboxTable(database), RequestTable(database))
    return ConnectionFacts(
      connected: try mailboxes.record(of: entity), hold: try EntityHoldTable(database).hold(of: entity),
      openRequests: try requests.open(of: requester),
      otherSecret: try mailboxes.anySecret(besides: entity) ?? AppCredentialTable(database).anySecret(),
      nextGeneration: try database.nextNumber(in: "mailboxes"), nextRequest: try database.nextNumber(in: "requests"))
  }

  package func change<Answer: Sendable>(
    _ entity: String, for requester: String,
    _ decide: @escaping @Sendable (ConnectionFacts) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try await write { try decide(Self.facts(of: entity, for: requester, in: $0)) }
  }

  /// Lets `decide` decide in a transaction, and writes what it wants.
  func write<Answer: Sendable>(
    _ decide: @escaping @Sendable (Database) throws -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    let (answer, forgetsSecrets) = try await database.change { database in
      let decision = try decide(database)
      try Self.write(decision.change, to: database)
      return (decision.answer, decision.change?.effect.forgetsSecrets ?? false)
    }
    if forgetsSecrets { await forgetOldPages() }
    return answer
  }

  private static func write(_ change: DirectoryChange?, to database: Database) throws {
    guard let change else { return }
    let mailboxes = MailboxTable(database)
    switch change.effect {
    case .none: break
    case .connects(let record):
      try mailboxes.remove(record.entity)
      try mailboxes.insert(record)
    case .disconnects(let entity): try mailboxes.remove(entity)
    case .setsCredential(let record): try AppCredentialTable(database).put(record)
    case .revokesCredential(let app): try AppCredentialTable(database).remove(app)
    case .approvesApp(let app): try AppApprovalTables(database).put(app)
    case .withdrawsApproval(let app): try AppApprovalTables(database).removeApproval(of: app)
    case .deniesSender(let sender): try AppApprovalTables(database).put(sender)
    case .allowsSender(let key): try AppApprovalTables(database).removeDenial(of: key)
    case .holds(let hold): try EntityHoldTable(database).put(hold)
    case .releases(let entity): try EntityHoldTable(database).remove(of: entity)
    }
    if let request = change.request { try RequestTable(database).put(request) }
    try AuditTable(database).append(change.audit)
  }

  /// The write-ahead log still holds the pages of what was deleted. A reader in our way only delays its next truncation.
  private func forgetOldPages() async {
    _ = try? await database.perform { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
  }

  package func setCondition(
    _ condition: ConditionRecord?, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool {
    try await database.change { try MailboxTable($0).setCondition(condition, of: entity, generation: generation) }
  }

  package func record(
    _ use: SignInUseRecord, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool {
    try await database.change { database in
      let mailboxes = MailboxTable(database)
      guard let record = try mailboxes.record(of: entity), record.generation == generation else { return false }
      try mailboxes.update(record.used(use))
      return true
    }
  }

  // MARK: Requests and the audit list

  package func change<Answer: Sendable>(
    request number: Int64,
    _ decide: @escaping @Sendable (Request?) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try await write { try decide(RequestTable($0).numbered(number)) }
  }

  package func requests(of requester: String?, limit: Int) async throws(StoreError) -> [Request] {
    try await database.read { try RequestTable($0).newest(limit, of: requester) }
  }

  package func untoldRequests(limit: Int) async throws(StoreError) -> [Request] {
    try await database.read { try RequestTable($0).untold(limit) }
  }

  package func setTold(request number: Int64) async throws(StoreError) {
    try await database.change { try RequestTable($0).setTold(number) }
  }

  package func audit(of entity: String?, limit: Int) async throws(StoreError) -> [AuditEntry] {
    try await database.read { try AuditTable($0).newest(limit, of: entity) }
  }

  // MARK: What the relay remembers

  package func toldFaults() async throws(StoreError) -> [String: Fault] {
    try await database.read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT entity, fault FROM told")
      return Dictionary(
        uniqueKeysWithValues: try rows.map { ($0["entity"], try $0.decoded(Fault.self, from: "fault")) })
    }
  }

  package func setTold(_ fault: Fault?, of entity: String) async throws(StoreError) {
    try await database.change { database in
      try database.execute(sql: "DELETE FROM told WHERE entity = ?", arguments: [entity])
      guard let fault else { return }
      try database.execute(sql: "INSERT INTO told VALUES (?, ?)", arguments: [entity, try jsonText(fault)])
    }
  }

  package func sendingRecord(of address: String) async throws(StoreError) -> String? {
    try await database.read {
      try String.fetchOne($0, sql: "SELECT record FROM paces WHERE address = ?", arguments: [address])
    }
  }

  package func setSendingRecord(_ text: String, of address: String) async throws(StoreError) {
    try await database.change {
      try $0.execute(
        sql: "INSERT INTO paces VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET record = excluded.record",
        arguments: [address, text])
    }
  }

  // MARK: Between storages

  package func changes() -> AsyncStream<Void> {
    let (stream, hearer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let watch = DiskWatch(name) { hearer.yield() }
    hearer.onTermination = { _ in watch.end() }
    return stream
  }

  package func leaseRefresh(
    of generation: Int64, by owner: String, until: Date, now: Date
  ) async throws(StoreError) -> RefreshLease? {
    try refreshLocks.lease(generation, by: owner)
  }

  package func release(_ lease: RefreshLease) async { refreshLocks.release(lease) }
}
