// What a mailbox has sent lately, kept by its address: the provider goes on counting over a reconnect.

import Foundation
import GRDB

extension MailboxStore {
  /// - Parameter address: in any spelling of its letters.
  /// - Returns: `nil` where nothing is kept, or nothing that can be read.
  package func pace<Record: Decodable & Sendable>(
    of address: String, as record: Record.Type
  ) async throws(StoreError) -> Record? {
    let key = address.lowercased()
    let text = try await database.perform { database in
      try String.fetchOne(database, sql: "SELECT record FROM paces WHERE address = ?", arguments: [key])
    }
    return text.flatMap { try? JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
  }

  /// On disk when it returns. No change of the directory: nobody is told.
  package func setPace(_ record: some Encodable & Sendable, of address: String) async throws(StoreError) {
    let key = address.lowercased()
    try await database.change { database in
      let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
      try database.execute(
        sql: "INSERT INTO paces VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET record = excluded.record",
        arguments: [key, text])
    }
  }
}
