// Columns that hold JSON, and numbers that are never used again.

import Foundation
import GRDB

/// The text of a JSON column.
func jsonText(_ value: some Encodable) throws -> String {
  String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

extension Row {
  func decoded<Value: Decodable>(_ type: Value.Type, from column: String) throws -> Value {
    try JSONDecoder().decode(type, from: self[column] as Data)
  }

  /// - Returns: `nil` for a column that is NULL.
  func decodedIfPresent<Value: Decodable>(_ type: Value.Type, from column: String) throws -> Value? {
    (self[column] as Data?) == nil ? nil : try decoded(type, from: column)
  }
}

extension Database {
  /// The number that the next row of a table with AUTOINCREMENT gets. Holds until the end of a transaction that writes.
  func nextNumber(in table: String) throws -> Int64 {
    let last = try Int64.fetchOne(self, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table])
    return (last ?? 0) + 1
  }
}
