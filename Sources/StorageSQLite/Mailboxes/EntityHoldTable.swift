// The table `entity_holds`. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB
import Mailboxes

struct EntityHoldTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func all() throws -> [EntityHold] {
    try Row.fetchAll(database, sql: "SELECT * FROM entity_holds ORDER BY entity").map(EntityHold.init)
  }

  func hold(of entity: String) throws -> EntityHold? {
    try Row.fetchOne(database, sql: "SELECT * FROM entity_holds WHERE entity = ?", arguments: [entity])
      .map(EntityHold.init)
  }

  func put(_ hold: EntityHold) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO entity_holds VALUES (?, ?, ?, ?)",
      arguments: [hold.entity, hold.since.timeIntervalSince1970, hold.by.key, hold.by.name])
  }

  func remove(of entity: String) throws {
    try database.execute(sql: "DELETE FROM entity_holds WHERE entity = ?", arguments: [entity])
  }
}

extension EntityHold {
  fileprivate init(_ row: Row) {
    self.init(
      entity: row["entity"], since: Date(timeIntervalSince1970: row["since"]),
      by: Requester(key: row["requester"], name: row["requester_name"]))
  }
}
