// Rows of messages that have ended.

import Spool

extension SQLiteSpoolEngine {
  func addHistory(_ entries: [HistoryEntry]) throws(EngineFailure) {
    let insert = try statements.insertHistory
    for entry in entries {
      insert.bind(entry.id.rawValue, entry.endedAt.milliseconds, entities[entry.entity] ?? 0)
      insert.bind(entry.marks, at: 4)
      try insert.run(binding: entry.packed, at: 5)
    }
  }

  func history(of id: MessageID) throws(EngineFailure) -> HistoryEntry? {
    try statements.findHistory.bind(id.rawValue).first { HistoryEntry($0, entity: entities.name(of:)) } ?? nil
  }

  func pruneHistory(beyond limit: HistoryLimit, atMost most: Int) throws(EngineFailure) -> Int {
    let statements = try statements
    let connection = try connected()
    try statements.pruneByNumber.bind(Int64(limit.most), Int64(most)).run()
    var count = connection.changes
    if count == 0 { count = try pruneHistory(behind: 0, limit, most) }
    if count == 0 { count = try pruneNext(limit, most) }
    return count
  }

  /// What ended late lies among rows of higher numbers that are older: each call looks at the next portion of all.
  private func pruneNext(_ limit: HistoryLimit, _ most: Int) throws(EngineFailure) -> Int {
    let last = try connected().prepare("SELECT id FROM history WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2")
      .bind(prunedHistory, Int64(most - 1)).first { $0.integer(0) }
    let count = try pruneHistory(behind: prunedHistory, limit, most)
    prunedHistory = last ?? 0
    return count
  }

  private func pruneHistory(behind id: Int64, _ limit: HistoryLimit, _ most: Int) throws(EngineFailure) -> Int {
    try statements.pruneByAge.bind(id, Int64(most), limit.endedBefore.milliseconds).run()
    return try connected().changes
  }
}
