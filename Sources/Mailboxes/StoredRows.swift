// All rows of the store at one moment.

import Foundation
import GRDB

struct StoredRows: Sendable {
  private var mailboxes: [String: Mailbox] = [:]
  private var conditions: [String: Condition] = [:]

  init(reading database: Database, vault: Vault, providers: Providers) throws {
    try database.inSavepoint {
      for row in try Row.fetchAll(database, sql: "SELECT * FROM mailboxes") {
        let entity: String = row["entity"]
        mailboxes[entity] = try Mailbox(
          row, secrets: secrets(of: row, in: database, vault: vault), providers: providers)
        let condition = try Condition(row)
        if condition != .working { conditions[entity] = condition }
      }
      return .commit
    }
  }

  static func anySecret(in database: Database) throws -> (place: SecretName, sealed: [UInt8])? {
    let sql = "SELECT entity, field, sealed FROM secrets JOIN mailboxes USING (generation) LIMIT 1"
    guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
    return (SecretName(entity: row["entity"], field: row["field"]), Array(row["sealed"] as Data))
  }

  func directory(of entities: [Entity]) -> Directory {
    let keys = Set(entities.map(\.key))
    return Directory(
      entities: entities, mailboxes: mailboxes.filter { keys.contains($0.key) },
      conditions: conditions.filter { keys.contains($0.key) })
  }
}

private func secrets(of mailbox: Row, in database: Database, vault: Vault) throws -> [SecretField: Secret] {
  let rows = try Row.fetchAll(
    database, sql: "SELECT field, sealed FROM secrets WHERE generation = ?", arguments: [mailbox["generation"] as Int64]
  )
  var secrets: [SecretField: Secret] = [:]
  for row in rows {
    guard let field = SecretField(rawValue: row["field"]) else { throw DamagedRow() }
    let sealed: Data = row["sealed"]
    secrets[field] = try vault.open(Array(sealed), as: .init(entity: mailbox["entity"], field: field.rawValue))
  }
  return secrets
}
