// Rows in a restored queue that no relay writes. The queue was somebody's file, and what it says is acted on.

import GRDB
import Platform
import Spool

extension SpoolCopy {
  /// - Throws: `.strange` for the first row that makes the queue another one than a relay's.
  func requireUsual() throws(StateCopyError) {
    let strange = try within(path, .reading) { database in
      try Self.foreignBody(in: database) ?? Self.foreignNumber(in: database) ?? Self.foreignState(in: database)
    }
    if let strange { throw .strange(file: "spool.sqlite", what: strange) }
  }

  /// Messages whose entity has no row get one, so that people see them.
  ///
  /// - Returns: the names that were given.
  func nameEntities() throws(StateCopyError) -> [String] {
    try within(path, .writing) { database in
      let names = "SELECT CAST(name AS TEXT) FROM entity"
      let before = Set(try String.fetchAll(database, sql: names))
      try database.execute(sql: SQL.nameEntities)
      return try String.fetchAll(database, sql: names).filter { !before.contains($0) }.sorted()
    }
  }

  /// Such a name leads to a file of somebody else, which would be sent and then deleted.
  private static func foreignBody(in database: Database) throws -> String? {
    let rows = try Row.fetchCursor(database, sql: "SELECT id, CAST(file AS TEXT) FROM message WHERE file IS NOT NULL")
    while let row = try rows.next() {
      let (id, name): (Int64, String) = (row[0], row[1])
      if !BodyName.isSound(name) { return "message \(id) in the file \"\(name.prefix(64).description.harmless())\"" }
    }
    return nil
  }

  /// Whoever counts on from there has no number left.
  private static func foreignNumber(in database: Database) throws -> String? {
    let usual = "BETWEEN 1 AND \(SpoolSchema.endOfNumbers - 1)"
    for (what, table, column) in [("a message", "message", "id"), ("an entity", "entity", "number")] {
      let sql = "SELECT \(column) FROM \(table) WHERE \(column) NOT \(usual) LIMIT 1"
      if let number = try Int64.fetchOne(database, sql: sql) { return "\(what) with the number \(number)" }
    }
    let last = "SELECT CAST(last_id AS TEXT) FROM entity WHERE last_id <> 0 AND last_id NOT \(usual) LIMIT 1"
    return try String.fetchOne(database, sql: last).map {
      "\"\($0.prefix(64).description.harmless())\" for a message's number"
    }
  }

  /// Nobody counts, sends or shows it as what it is.
  private static func foreignState(in database: Database) throws -> String? {
    let sql = """
      SELECT id FROM message WHERE typeof(state) <> 'integer' OR typeof(entity) <> 'integer'
        OR state NOT IN (\(SpoolSchema.State.queued), \(SpoolSchema.State.failed), \(SpoolSchema.State.damaged)) LIMIT 1
      """
    return try Int64.fetchOne(database, sql: sql).map { "message \($0) in a state that there is not" }
  }
}
