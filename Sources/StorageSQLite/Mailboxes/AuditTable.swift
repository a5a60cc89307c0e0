// The table `audit`, which only grows: triggers refuse everything else.

import Foundation
import GRDB
import Mailboxes

struct AuditTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func append(_ entry: AuditEntry) throws {
    try database.execute(
      sql: "INSERT INTO audit (at, requester, name, verb, entity, detail) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        entry.at.timeIntervalSince1970, entry.requester.key, entry.requester.name, entry.verb.rawValue, entry.entity,
        entry.detail,
      ])
  }

  func newest(_ limit: Int, of entity: String?) throws -> [AuditEntry] {
    let sql = "SELECT * FROM audit WHERE ?1 IS NULL OR entity = ?1 ORDER BY number DESC LIMIT ?2"
    return try Row.fetchAll(database, sql: sql, arguments: [entity, limit]).map(AuditEntry.init)
  }
}

extension AuditEntry {
  fileprivate init(_ row: Row) throws {
    guard let verb = Verb(rawValue: row["verb"]) else { throw DamagedRecord() }
    self.init(
      number: row["number"], at: Date(timeIntervalSince1970: row["at"]),
      requester: Requester(key: row["requester"], name: row["name"]), verb: verb, entity: row["entity"],
      detail: row["detail"])
  }
}
