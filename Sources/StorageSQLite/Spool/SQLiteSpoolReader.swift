// Reading the queue for people, on a connection beside the writer's.

import GRDB
import Spool
import Synchronization

/// Opened when somebody first asks.
final class SQLiteSpoolReader: SpoolReader {
  private let path: String
  private let queue = Mutex<DatabaseQueue?>(nil)

  init(path: String) { self.path = path }

  func list(
    entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int
  ) throws(SpoolError) -> [(record: MessageRecord, lastAttempt: AttemptRecord?)] {
    try read { (connection) throws(EngineFailure) in
      let statement = try SQLiteStatement(
        connection,
        "\(SQL.listed) WHERE m.id > ?1 AND (?2 IS NULL OR e.name = ?2) AND \(state?.condition ?? "TRUE")"
          + " ORDER BY m.id LIMIT ?3")
      statement.bind(after.rawValue, at: 1)
      statement.bind(entity, at: 2)
      statement.bind(Int64(limit), at: 3)
      return try statement.all(Self.listed)
    }
  }

  func list(
    of uid: UInt32, entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?) {
    try read { (connection) throws(EngineFailure) in
      let end = try SQLiteStatement(
        connection, "SELECT id FROM message WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2"
      ).bind(after.rawValue, Int64(most - 1)).first { MessageID(rawValue: $0.integer(0)) }
      let statement = try SQLiteStatement(
        connection,
        """
        \(SQL.listed) WHERE m.id > ?1 AND m.id <= ?2 AND m.flags & \(SpoolSchema.Flags.hasUser.rawValue)
          AND substr(m.envelope, -4) = ?4 AND (?5 IS NULL OR e.name = ?5) AND \(state?.condition ?? "TRUE")
          ORDER BY m.id LIMIT ?3
        """)
      statement.bind(after.rawValue, end?.rawValue ?? .max, Int64(limit))
      statement.bind(MessageSource.packed(uid: uid), at: 4)
      statement.bind(entity, at: 5)
      let page = try statement.all(Self.listed)
      return (page, page.count < limit ? end : page.last?.record.id)
    }
  }

  func newest(
    before: MessageID, of uid: UInt32?, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?) {
    try read { (connection) throws(EngineFailure) in
      let end = try SQLiteStatement(
        connection, "SELECT id FROM message WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2"
      ).bind(before.rawValue, Int64(most - 1)).first { MessageID(rawValue: $0.integer(0)) }
      let isOwn = "m.flags & \(SpoolSchema.Flags.hasUser.rawValue) AND substr(m.envelope, -4) = ?3"
      let statement = try SQLiteStatement(
        connection,
        "\(SQL.listed) WHERE m.id < ?1 AND m.id >= ?2 AND \(uid == nil ? "TRUE" : isOwn) ORDER BY m.id DESC")
      statement.bind(before.rawValue, end?.rawValue ?? .min)
      if let uid { statement.bind(MessageSource.packed(uid: uid), at: 3) }
      return (try statement.all(Self.listed), end)
    }
  }

  func show(_ id: MessageID) throws(SpoolError) -> StoredDetail? {
    try read { (connection) throws(EngineFailure) in
      let listed = try SQLiteStatement(connection, "\(SQL.listed) WHERE m.id = ?1").bind(id.rawValue).first(Self.listed)
      guard let listed else { return nil }
      let attempts = try SQLiteStatement(connection, "\(SQL.attempt) WHERE message = ?1 ORDER BY number")
        .bind(id.rawValue).all { AttemptRecord($0) }
      let start = try SQLiteStatement(connection, "SELECT substr(octets, 1, 65536) FROM body WHERE id = ?1")
        .bind(id.rawValue).first { $0.bytes(0) }
      return StoredDetail(record: listed.record, attempts: attempts, bodyStart: start ?? [])
    }
  }

  func inlineBody(of id: MessageID) throws(SpoolError) -> [UInt8]? {
    try read { (connection) throws(EngineFailure) in
      try SQLiteStatement(connection, "SELECT octets FROM body WHERE id = ?1").bind(id.rawValue).first { $0.bytes(0) }
    }
  }

  func ids(
    _ filter: MessageFilter, entity: String?, after: MessageID, limit: Int
  ) throws(SpoolError) -> [MessageID] {
    try read { (connection) throws(EngineFailure) in
      let statement = try SQLiteStatement(
        connection,
        """
        SELECT id FROM message WHERE id > ?1 AND \(filter.condition)
          AND (?2 IS NULL OR entity = (SELECT number FROM entity WHERE name = ?2)) ORDER BY id LIMIT ?3
        """)
      statement.bind(after.rawValue, at: 1)
      statement.bind(entity, at: 2)
      statement.bind(Int64(limit), at: 3)
      return try statement.all { MessageID(rawValue: $0.integer(0)) }
    }
  }

  func openCopies(of entity: String, limit: Int) throws(SpoolError) -> [MessageRecord] {
    try read { (connection) throws(EngineFailure) in
      let statement = try SQLiteStatement(
        connection,
        "\(SQL.record) WHERE entity = (SELECT number FROM entity WHERE name = ?1) AND flags & 512 ORDER BY id LIMIT ?2")
      statement.bind(entity, at: 1)
      statement.bind(Int64(limit), at: 2)
      return try statement.all { MessageRecord($0) { _ in entity } }
    }
  }

  func history(of id: MessageID) throws(SpoolError) -> HistoryEntry? {
    try read { (connection) throws(EngineFailure) in
      let names = try EntityNumbers(connection)
      return try SQLiteStatement(connection, "\(SQL.history) WHERE id = ?1").bind(id.rawValue)
        .first { HistoryEntry($0, entity: names.name(of:)) } ?? nil
    }
  }

  func history(
    keyed keys: [String], of uid: UInt32?, since: Timestamp, limit: Int
  ) throws(SpoolError) -> [HistoryEntry] {
    if keys.isEmpty { return [] }
    return try read { (connection) throws(EngineFailure) in
      let names = try EntityNumbers(connection)
      let marked = keys.indices.map { "instr(marks, ?\($0 + 2)) > 0" }.joined(separator: " OR ")
      let statement = try SQLiteStatement(
        connection, "\(SQL.history) WHERE ended >= ?1 AND (\(marked)) ORDER BY id DESC")
      statement.bind(since.milliseconds, at: 1)
      for (place, key) in keys.enumerated() { statement.bind(HistoryKey.mark(of: key), at: Int32(place + 2)) }
      var found: [HistoryEntry] = []
      while found.count < limit, try statement.next() {
        guard let entry = HistoryEntry(statement, entity: names.name(of:)), uid == nil || entry.source.uid == uid,
          entry.keys.contains(where: keys.contains)
        else { continue }
        found.append(entry)
      }
      statement.reset()
      return found
    }
  }

  func newestHistory(before: MessageID, since: Timestamp, limit: Int) throws(SpoolError) -> [HistoryEntry] {
    try read { (connection) throws(EngineFailure) in
      let names = try EntityNumbers(connection)
      return try SQLiteStatement(
        connection, "\(SQL.history) WHERE id < ?1 AND ended >= ?2 ORDER BY id DESC LIMIT ?3"
      ).bind(before.rawValue, since.milliseconds, Int64(limit))
        .all { HistoryEntry($0, entity: names.name(of:)) }.compactMap(\.self)
    }
  }

  func historyBegins() throws(SpoolError) -> Timestamp? {
    try read { (connection) throws(EngineFailure) in
      try SQLiteStatement(connection, "SELECT ended FROM history ORDER BY id LIMIT 1").first {
        Timestamp(milliseconds: $0.quantity(0))
      }
    }
  }

  func close() {
    queue.withLock { queue in
      try? queue?.close()
      queue = nil
    }
  }

  private static func listed(_ row: SQLiteStatement) -> (record: MessageRecord, lastAttempt: AttemptRecord?) {
    let names = MessageRecord.columnCount
    let record = MessageRecord(row) { _ in row.text(names) ?? "" }
    return (record, row.isNull(names + 1) ? nil : AttemptRecord(row, from: names + 1))
  }

  /// All that `body` reads is of one moment.
  private func read<Value>(_ body: (OpaquePointer) throws(EngineFailure) -> Value) throws(SpoolError) -> Value {
    do {
      let open = try queue.withLock { queue in
        if let queue { return queue }
        let fresh = try DatabaseQueue(path: path, configuration: SpoolConnection.configuration)
        queue = fresh
        return fresh
      }
      return try open.read { db in
        guard let connection = db.sqliteConnection else { throw SpoolError.closed }
        return try body(connection)
      }
    } catch {
      throw EngineFailure(error).spoolError
    }
  }
}

extension EntityNumbers {
  fileprivate init(_ connection: OpaquePointer) throws(EngineFailure) {
    self.init(
      try SQLiteStatement(connection, SQL.entities).all { (number: $0.integer(0), name: $0.text(1) ?? "") })
  }
}

extension ListedMessage.State {
  fileprivate var condition: String {
    switch self {
    case .waiting: "m.state = 0 AND m.deferred = 0"
    case .deferred: "m.state = 0 AND m.deferred = 1"
    case .held: "m.state = 1"
    case .unknown: "m.state = 4"
    case .filing: "m.state = 5"
    case .failed: "m.state = 2"
    case .damaged: "m.state = 3"
    }
  }
}

extension MessageFilter {
  fileprivate var condition: String {
    switch self {
    case .any: "TRUE"
    case .waiting: "state = 0"
    case .held: "state = 1"
    case .notHeld: "state <> 1"
    case .notFiling: "state <> 5"
    case .unknown: "state = 4"
    case .copyOpen: "flags & 512"
    case .waitingSince(let time): "state = 0 AND since < \(time.milliseconds)"
    case .failed(let time): "state = 2 AND due < \(time.milliseconds)"
    }
  }
}
