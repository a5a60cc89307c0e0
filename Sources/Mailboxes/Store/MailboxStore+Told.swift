// What people were last told of each entity's flag, so that every change is told once, over restarts too.

import Foundation
import GRDB

extension MailboxStore {
  /// The flags people know of, by entity key.
  package func toldFlags() async throws(StoreError) -> [String: Fault] {
    try await database.perform { database in
      let rows = try Row.fetchAll(database, sql: "SELECT entity, fault FROM told")
      let flags = try rows.map { row in
        (row["entity"] as String, try JSONDecoder().decode(Fault.self, from: row["fault"] as Data))
      }
      return Dictionary(uniqueKeysWithValues: flags)
    }
  }

  /// - Parameter fault: `nil`: people know that the flag is down.
  package func setTold(_ fault: Fault?, of entity: String) async throws(StoreError) {
    try await database.change { database in
      guard let fault else {
        return try database.execute(sql: "DELETE FROM told WHERE entity = ?", arguments: [entity])
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO told (entity, fault) VALUES (?, ?)",
        arguments: [entity, String(decoding: try JSONEncoder().encode(fault), as: UTF8.self)])
    }
  }
}
