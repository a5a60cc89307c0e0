// Requests for a change of a connection, what was decided of them, and the list of all that was done.

package import Foundation
import GRDB
import SMTP

extension MailboxStore {
  /// Files a request and notes it.
  ///
  /// - Parameter change: for a disconnect the address is the connected one's, whatever stands here.
  /// - Returns: the request; the one that waits already, or is approved and unused, when it is the same.
  /// - Throws: `.request(.tooManyWaiting)`; `.notConnected` when there is nothing to disconnect.
  package func file(
    _ change: ConnectionChange, by requester: Requester, justification: PlainText, at now: Date = Date()
  ) async throws(StoreError) -> Request {
    try await database.change { database in
      let change = try change.completed(in: database)
      if let same = try Request.first(change, of: requester.key, in: [.waiting, .approved], database, at: now) {
        return same
      }
      return try Request.file(change, by: requester, justification: justification, in: database, at: now)
    }
  }

  /// The newest thousand, oldest first.
  ///
  /// - Parameter requester: the key of the one whose requests are wanted.
  package func requests(of requester: String? = nil, at now: Date = Date()) async throws(StoreError) -> [Request] {
    try await database.perform { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM requests WHERE ?1 IS NULL OR requester = ?1 ORDER BY number DESC LIMIT 1000",
        arguments: [requester])
      return try rows.reversed().map { try Request($0, at: now) }
    }
  }

  /// - Throws: `.request` for one that is not there or is decided already.
  package func approve(_ number: Int64, by requester: Requester, at now: Date = Date()) async throws(StoreError)
    -> Request
  {
    try await database.change { try Request.decide(number, by: requester, denying: nil, in: $0, at: now) }
  }

  /// - Throws: `.request` for one that is not there or is decided already.
  package func deny(
    _ number: Int64, by requester: Requester, reason: PlainText, at now: Date = Date()
  ) async throws(StoreError) -> Request {
    try await database.change { try Request.decide(number, by: requester, denying: reason, in: $0, at: now) }
  }

  /// Whether the requester with this key has an approved, unused request for this change. The change itself asks again when it uses it.
  package func isApproved(_ change: ConnectionChange, for requester: String, at now: Date = Date())
    async throws(StoreError) -> Bool
  {
    try await database.perform { database in
      let change = try change.completed(in: database)
      return try Request.first(change, of: requester, in: [.approved], database, at: now) != nil
    }
  }

  /// Every request, decision and change of a connection, the newest first; at most 1000.
  ///
  /// - Parameter entity: about this one only.
  package func audit(of entity: String? = nil) async throws(StoreError) -> [AuditEntry] {
    try await database.perform { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM audit WHERE ?1 IS NULL OR entity = ?1 ORDER BY number DESC LIMIT 1000",
        arguments: [entity])
      return try rows.map { try AuditEntry($0) }
    }
  }

  /// Requests that wait and that no administrator has been told of.
  package func untoldRequests(at now: Date = Date()) async throws(StoreError) -> [Request] {
    try await database.perform { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM requests WHERE state = 'waiting' AND told = 0 ORDER BY number LIMIT 100")
      return try rows.map { try Request($0, at: now) }
    }
  }

  package func setTold(request number: Int64) async throws(StoreError) {
    try await database.change {
      try $0.execute(sql: "UPDATE requests SET told = 1 WHERE number = ?", arguments: [number])
    }
  }
}

extension ConnectionChange {
  /// With the address that is to go, where somebody wants to disconnect.
  fileprivate func completed(in database: Database) throws -> ConnectionChange {
    guard verb == .disconnect else { return self }
    guard let address = try Mailbox.address(connectedTo: entity, in: database) else {
      throw StoreError.notConnected(entity: entity)
    }
    return ConnectionChange(.disconnect, entity: entity, address: address.text)
  }
}
