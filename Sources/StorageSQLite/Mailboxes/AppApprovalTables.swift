// The tables `approved_apps` and `denied_senders`. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB
import Mailboxes

struct AppApprovalTables {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func approved() throws -> [ApprovedApp] {
    try Row.fetchAll(database, sql: "SELECT * FROM approved_apps ORDER BY approved_at, name").map { row in
      ApprovedApp(
        name: row["name"], pattern: row["pattern"], entity: row["entity"],
        at: Date(timeIntervalSince1970: row["approved_at"]),
        by: Requester(key: row["requester"], name: row["requester_name"]))
    }
  }

  func denied() throws -> [DeniedSender] {
    try Row.fetchAll(database, sql: "SELECT * FROM denied_senders ORDER BY denied_at, key").map { row in
      DeniedSender(
        key: row["key"], at: Date(timeIntervalSince1970: row["denied_at"]),
        by: Requester(key: row["requester"], name: row["requester_name"]))
    }
  }

  func put(_ app: ApprovedApp) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO approved_apps VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [app.name, app.pattern, app.entity, app.at.timeIntervalSince1970, app.by.key, app.by.name])
  }

  func put(_ sender: DeniedSender) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO denied_senders VALUES (?, ?, ?, ?)",
      arguments: [sender.key, sender.at.timeIntervalSince1970, sender.by.key, sender.by.name])
  }

  func removeApproval(of name: String) throws {
    try database.execute(sql: "DELETE FROM approved_apps WHERE name = ?", arguments: [name])
  }

  func removeDenial(of key: String) throws {
    try database.execute(sql: "DELETE FROM denied_senders WHERE key = ?", arguments: [key])
  }
}
