// Requests and the audit list in the database. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB

extension Request {
  init(_ row: Row, at now: Date) throws {
    guard let verb = ConnectionChange.Verb(rawValue: row["verb"]), var state = State(rawValue: row["state"]) else {
      throw DamagedRow()
    }
    let decidedAt = (row["decided_at"] as Double?).map { Date(timeIntervalSince1970: $0) }
    if state == .approved, let decidedAt, decidedAt <= now - Self.approvalSeconds { state = .lapsed }
    self.init(
      number: row["number"],
      change: ConnectionChange(verb, entity: row["entity"], address: row["address"], host: row["host"]),
      requester: Requester(key: row["requester"], name: row["name"]), justification: row["justification"],
      filedAt: Date(timeIntervalSince1970: row["filed_at"]), state: state, decidedAt: decidedAt,
      decidedBy: row["decided_by"], reason: row["reason"])
  }

  static func numbered(_ number: Int64, in database: Database, at now: Date) throws -> Request {
    guard
      let row = try Row.fetchOne(database, sql: "SELECT * FROM requests WHERE number = ?", arguments: [number])
    else { throw StoreError.request(.noSuch(number)) }
    return try Request(row, at: now)
  }

  /// The user's oldest request for this change in one of `states`.
  static func first(
    _ change: ConnectionChange, of requester: String, in states: Set<State>, _ database: Database, at now: Date
  ) throws -> Request? {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT * FROM requests WHERE requester = ? AND verb = ? AND entity = ? ORDER BY number",
      arguments: [requester, change.verb.rawValue, change.entity])
    while let row = try rows.next() {
      let request = try Request(row, at: now)
      if request.change.isSame(as: change), states.contains(request.state) { return request }
    }
    return nil
  }

  static func file(
    _ change: ConnectionChange, by requester: Requester, justification: PlainText, in database: Database, at now: Date
  ) throws -> Request {
    let waiting = try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM requests WHERE requester = ? AND state = 'waiting'",
      arguments: [requester.key])
    guard (waiting ?? 0) < waitingLimit else { throw StoreError.request(.tooManyWaiting) }
    try database.execute(
      sql: """
        INSERT INTO requests (verb, entity, address, host, requester, name, justification, filed_at, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
        """,
      arguments: [
        change.verb.rawValue, change.entity, change.address, change.host, requester.key, requester.name,
        justification.text,
        now.timeIntervalSince1970,
      ])
    let request = try numbered(database.lastInsertedRowID, in: database, at: now)
    try AuditEntry.note(
      .request, change, by: requester, "request \(request.number): \(justification.text)", in: database, at: now)
    return request
  }

  /// - Parameter reason: `nil` approves.
  static func decide(
    _ number: Int64, by requester: Requester, denying reason: PlainText?, in database: Database, at now: Date
  ) throws -> Request {
    let request = try numbered(number, in: database, at: now)
    guard request.state == .waiting else { throw StoreError.request(.decided(number, request.state)) }
    try database.execute(
      sql: "UPDATE requests SET state = ?, decided_at = ?, decided_by = ?, reason = ? WHERE number = ?",
      arguments: [
        (reason == nil ? State.approved : .denied).rawValue, now.timeIntervalSince1970, requester.name, reason?.text,
        number,
      ])
    let why = reason.map { ": \($0.text)" } ?? ""
    try AuditEntry.note(
      reason == nil ? .approve : .deny, request.change, by: requester,
      "request \(number) of \(request.requester.name)\(why)",
      in: database, at: now)
    return try numbered(number, in: database, at: now)
  }
}

extension Authorization {
  /// Uses up the approval where one is needed, and notes the change. Part of the transaction that makes it.
  func spend(on change: ConnectionChange, in database: Database, at now: Date) throws {
    var detail = ""
    if needsApproval {
      guard let request = try Request.first(change, of: requester.key, in: [.approved], database, at: now) else {
        throw StoreError.request(.notApproved(change))
      }
      try database.execute(sql: "UPDATE requests SET state = 'used' WHERE number = ?", arguments: [request.number])
      detail = "request \(request.number)"
    }
    let verb: AuditEntry.Verb = change.verb == .connect ? .connect : .disconnect
    try AuditEntry.note(verb, change, by: requester, detail, in: database, at: now)
  }
}

extension AuditEntry {
  init(_ row: Row) throws {
    guard let verb = Verb(rawValue: row["verb"]) else { throw DamagedRow() }
    self.init(
      number: row["number"], at: Date(timeIntervalSince1970: row["at"]),
      requester: Requester(key: row["requester"], name: row["name"]), verb: verb, entity: row["entity"],
      detail: row["detail"])
  }

  fileprivate static func note(
    _ verb: Verb, _ change: ConnectionChange, by requester: Requester, _ more: String, in database: Database,
    at now: Date
  ) throws {
    let detail = [verb == .connect || verb == .disconnect ? "" : change.verb.rawValue, change.mailbox, more]
    try database.execute(
      sql: "INSERT INTO audit (at, requester, name, verb, entity, detail) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        now.timeIntervalSince1970, requester.key, requester.name, verb.rawValue, change.entity,
        detail.filter { !$0.isEmpty }.joined(separator: " "),
      ])
  }
}
