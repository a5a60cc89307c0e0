// The table `requests`. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB
import Mailboxes

struct RequestTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func numbered(_ number: Int64) throws -> Request? {
    try fetch("WHERE number = ?", [number]).first
  }

  /// Stored as waiting or approved, the oldest first.
  func open(of requester: String) throws -> [Request] {
    try fetch("WHERE requester = ? AND state IN ('waiting', 'approved') ORDER BY number", [requester])
  }

  func newest(_ limit: Int, of requester: String?) throws -> [Request] {
    try fetch("WHERE ?1 IS NULL OR requester = ?1 ORDER BY number DESC LIMIT ?2", [requester, limit]).reversed()
  }

  func untold(_ limit: Int) throws -> [Request] {
    try fetch("WHERE state = 'waiting' AND told = 0 ORDER BY number LIMIT ?", [limit])
  }

  func setTold(_ number: Int64) throws {
    try database.execute(sql: "UPDATE requests SET told = 1 WHERE number = ?", arguments: [number])
  }

  func put(_ request: Request) throws {
    try database.execute(
      sql: """
        INSERT INTO requests (number, verb, entity, address, host, terms, requester, name, justification, filed_at, state,
          decided_at, decided_by, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (number) DO UPDATE
        SET state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
          reason = excluded.reason
        """,
      arguments: [
        request.number, request.change.verb.rawValue, request.change.entity, request.change.address,
        request.change.host, try jsonText(request.change.namedTerms), request.requester.key, request.requester.name,
        request.justification,
        request.filedAt.timeIntervalSince1970, request.state.rawValue, request.decidedAt?.timeIntervalSince1970,
        request.decidedBy, request.reason,
      ])
  }

  private func fetch(_ condition: String, _ arguments: StatementArguments) throws -> [Request] {
    try Row.fetchAll(database, sql: "SELECT * FROM requests \(condition)", arguments: arguments).map(Request.init)
  }
}

extension Request {
  fileprivate init(_ row: Row) throws {
    guard let verb = ConnectionChange.Verb(rawValue: row["verb"]), let state = State(rawValue: row["state"]) else {
      throw DamagedRecord()
    }
    let decidedAt: Double? = row["decided_at"]
    self.init(
      number: row["number"],
      change: ConnectionChange(
        verb, entity: row["entity"], address: row["address"], host: row["host"],
        terms: try ConnectionChange.terms(named: row.decodedIfPresent([String: String].self, from: "terms") ?? [:])),
      requester: Requester(key: row["requester"], name: row["name"]), justification: row["justification"],
      filedAt: Date(timeIntervalSince1970: row["filed_at"]), state: state,
      decidedAt: decidedAt.map { Date(timeIntervalSince1970: $0) }, decidedBy: row["decided_by"],
      reason: row["reason"])
  }
}
