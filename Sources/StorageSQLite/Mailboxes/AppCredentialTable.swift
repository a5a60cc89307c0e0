// The table `app_credentials`. Everything here runs inside a transaction of its caller's.

import Foundation
import GRDB
import Mailboxes
import SMTP

struct AppCredentialTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func all() throws -> [AppCredentialRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM app_credentials ORDER BY app").map(AppCredentialRecord.init)
  }

  func anySecret() throws -> SealedSecret? {
    let sql = "SELECT * FROM app_credentials WHERE equivalent IS NOT NULL OR older_equivalent IS NOT NULL LIMIT 1"
    return try Row.fetchOne(database, sql: sql).flatMap { try AppCredentialRecord($0).sealedSecret }
  }

  func put(_ record: AppCredentialRecord) throws {
    guard let keys = record.verifier.keys.first else { throw DamagedRecord() }
    let older = record.older
    try database.execute(
      sql: "INSERT OR REPLACE INTO app_credentials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        record.app, Data(record.verifier.salt), record.verifier.iterations, Data(keys.stored.octets),
        Data(keys.server.octets), record.equivalent.map { Data($0) }, record.madeAt.timeIntervalSince1970,
        older.map { Data($0.keys.stored.octets) }, older.map { Data($0.keys.server.octets) },
        older?.equivalent.map { Data($0) }, older?.until.timeIntervalSince1970,
      ])
  }

  func remove(_ app: String) throws {
    try database.execute(sql: "DELETE FROM app_credentials WHERE app = ?", arguments: [app])
  }
}

extension AppCredentialRecord {
  fileprivate init(_ row: Row) throws {
    let verifier = ScramVerifier(
      salt: Array(row["salt"] as Data), iterations: row["iterations"],
      keys: [try Self.keys(row["stored_key"], row["server_key"])])
    let equivalent: Data? = row["equivalent"]
    self.init(
      app: row["app"], verifier: verifier, equivalent: equivalent.map { Array($0) },
      madeAt: Date(timeIntervalSince1970: row["made_at"]), older: try Older(row))
  }

  fileprivate static func keys(_ stored: Data?, _ server: Data?) throws -> ScramVerifier.Keys {
    guard let stored, let server, stored.count == 32, server.count == 32 else { throw DamagedRecord() }
    return ScramVerifier.Keys(stored: HiddenOctets(Array(stored)), server: HiddenOctets(Array(server)))
  }
}

extension AppCredentialRecord.Older {
  fileprivate init?(_ row: Row) throws {
    guard let until: Double = row["older_until"] else { return nil }
    let equivalent: Data? = row["older_equivalent"]
    self.init(
      keys: try AppCredentialRecord.keys(row["older_stored_key"], row["older_server_key"]),
      equivalent: equivalent.map { Array($0) }, until: Date(timeIntervalSince1970: until))
  }
}
