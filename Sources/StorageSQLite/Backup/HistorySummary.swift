// How many messages the history has, without what it says of any.

package import Foundation
import GRDB

package struct HistorySummary: Equatable, Sendable {
  package struct EntityHistory: Equatable, Sendable {
    package let entity: String
    package let count: Int
    package let firstEnded: Date
    package let lastEnded: Date
  }

  package let lines: [EntityHistory]

  /// Beside a relay or without one. Reads the whole table once; blocks.
  package init(readingIn stateDirectory: String) throws(StateCopyError) {
    let path = "\(stateDirectory)/spool.sqlite"
    lines = try within(path, .reading) { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT CAST(e.name AS TEXT), count(*), CAST(min(h.ended) AS INTEGER), CAST(max(h.ended) AS INTEGER) FROM history h JOIN entity e ON e.number = h.entity
            GROUP BY e.number ORDER BY e.name
          """
      ).map { row in
        func date(_ column: Int) -> Date { Date(timeIntervalSince1970: Double(row[column] as Int64) / 1000) }
        return EntityHistory(entity: row[0], count: row[1], firstEnded: date(2), lastEnded: date(3))
      }
    }
  }
}
