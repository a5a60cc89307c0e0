// What a database consists of, as far as its own words decide what happens in it: a restored one must have nothing but what
// this program has made.

import GRDB
import Platform

/// Each table with its columns, each index, and each trigger and view with its text.
struct SchemaForm: Equatable {
  private struct Part: Hashable, Comparable {
    let kind: String
    let name: String
    let text: String

    static func < (one: Part, other: Part) -> Bool {
      (one.kind, one.name, one.text) < (other.kind, other.name, other.text)
    }
  }

  private let parts: Set<Part>

  init(of database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT CAST(type AS TEXT), CAST(name AS TEXT), coalesce(CAST(sql AS TEXT), '') FROM sqlite_master
          WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """)
    parts = Set(
      try rows.map { row in
        let (kind, name): (String, String) = (row[0], row[1])
        let text = kind == "table" ? try Self.columns(of: name, in: database) : Self.words(row[2])
        return Part(kind: kind, name: name, text: text)
      })
  }

  /// As it is in a new file after so many of `steps` as `database` has had.
  init(after steps: [String], asIn database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let fresh = try DatabaseQueue()
    self = try fresh.writeWithoutTransaction { fresh in
      for step in steps.prefix(max(0, version)) { try fresh.execute(sql: step) }
      return try SchemaForm(of: fresh)
    }
  }

  /// Hidden and computed ones too. Not by the table's text, which SQLite edits at each change of it.
  private static func columns(of table: String, in database: Database) throws -> String {
    try String.fetchAll(
      database,
      sql: """
        SELECT name || ' ' || type || ' ' || "notnull" || ' ' || pk || ' ' || hidden || ' ' || coalesce(dflt_value, '')
          FROM pragma_table_xinfo(?)
        """, arguments: [table]
    ).joined(separator: ",")
  }

  private static func words(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// - Returns: for people, the first part that `usual` has not, or that it has and this has not.
  func strangeBeside(_ usual: SchemaForm) -> String? {
    if let part = parts.subtracting(usual.parts).min() {
      return "a \(part.kind) \"\(part.name.prefix(64).description.harmless())\" of its own"
    }
    return usual.parts.subtracting(parts).min().map { "no \($0.kind) \"\($0.name)\"" }
  }
}
