// The tables `mailboxes` and `secrets`: records and rows. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB
import Mailboxes
import SMTP

struct MailboxTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func all() throws -> [MailboxRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM mailboxes").map(record)
  }

  func record(of entity: String) throws -> MailboxRecord? {
    try Row.fetchOne(database, sql: "SELECT * FROM mailboxes WHERE entity = ?", arguments: [entity]).map(record)
  }

  private func record(_ row: Row) throws -> MailboxRecord {
    guard let security = Security(rawValue: row["security"]),
      let transport = TransportKind(rawValue: row["transport"])
    else { throw DamagedRecord() }
    let generation: Int64 = row["generation"]
    let usedAt: Double? = row["refreshed_at"]
    let condition: String? = row["condition"]
    let sentCopies: String? = row["sent_copies"]
    return MailboxRecord(
      generation: generation, entity: row["entity"],
      address: Address(localPart: row["local_part"], domain: row["domain"]), displayName: row["display_name"],
      provider: row["provider"], transport: transport,
      server: Server(host: row["host"], port: row["port"], security: security),
      signIn: try row.decoded(SignInRecord.self, from: "sign_in"), secrets: try secrets(of: generation),
      mechanism: row["mechanism"], authoritiesPEM: row["authorities"],
      // A word of a later version is as good as none: nobody files twice for it.
      sentCopies: sentCopies.flatMap(SentCopyFinding.init),
      connectedAt: Date(timeIntervalSince1970: row["connected_at"]),
      usedAt: usedAt.map { Date(timeIntervalSince1970: $0) },
      condition: try condition.map { _ in try row.decoded(ConditionRecord.self, from: "condition") })
  }

  private func secrets(of generation: Int64) throws -> [String: [UInt8]] {
    let sql = "SELECT field, sealed FROM secrets WHERE generation = ?"
    let rows = try Row.fetchAll(database, sql: sql, arguments: [generation])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["field"], Array($0["sealed"] as Data)) })
  }

  func anySecret(besides entity: String) throws -> SealedSecret? {
    let sql = "SELECT entity, field, sealed FROM secrets JOIN mailboxes USING (generation) WHERE entity <> ? LIMIT 1"
    return try Row.fetchOne(database, sql: sql, arguments: [entity]).map {
      SealedSecret(Array($0["sealed"] as Data), name: SecretName(entity: $0["entity"], field: $0["field"]))
    }
  }

  func insert(_ record: MailboxRecord) throws {
    try database.execute(
      sql: """
        INSERT INTO mailboxes (generation, entity, local_part, domain, display_name, provider, host, port, security,
          sign_in, mechanism, authorities, connected_at, refreshed_at, condition, transport, sent_copies)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        record.generation, record.entity, record.address.localPart, record.address.domain, record.displayName,
        record.provider, record.server.host, record.server.port, record.server.security.rawValue,
        try jsonText(record.signIn), record.mechanism, record.authoritiesPEM,
        record.connectedAt.timeIntervalSince1970, record.usedAt?.timeIntervalSince1970,
        try record.condition.map { try jsonText($0) }, record.transport.rawValue,
        record.sentCopies?.rawValue,
      ])
    try putSecrets(of: record)
  }

  /// Writes what a use of the sign-in changes.
  func update(_ record: MailboxRecord) throws {
    try database.execute(
      sql: "UPDATE mailboxes SET refreshed_at = ?, sign_in = ? WHERE generation = ?",
      arguments: [record.usedAt?.timeIntervalSince1970, try jsonText(record.signIn), record.generation])
    try putSecrets(of: record)
  }

  private func putSecrets(of record: MailboxRecord) throws {
    for (field, sealed) in record.secrets {
      try database.execute(
        sql: """
          INSERT INTO secrets VALUES (?, ?, ?) ON CONFLICT (generation, field) DO UPDATE SET sealed = excluded.sealed
          WHERE sealed <> excluded.sealed
          """,
        arguments: [record.generation, field, Data(sealed)])
    }
  }

  /// The secrets go with the row.
  func remove(_ entity: String) throws {
    try database.execute(sql: "DELETE FROM mailboxes WHERE entity = ?", arguments: [entity])
  }

  /// - Returns: whether `generation` is what is connected to `entity`.
  func setCondition(_ condition: ConditionRecord?, of entity: String, generation: Int64) throws -> Bool {
    try database.execute(
      sql: "UPDATE mailboxes SET condition = ? WHERE entity = ? AND generation = ?",
      arguments: [try condition.map { try jsonText($0) }, entity, generation])
    return database.changesCount > 0
  }
}
