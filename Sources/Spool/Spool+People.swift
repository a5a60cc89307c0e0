// What people do with the queue, and the two chores of age. Rows are looked up beside the writer, page by page, and
// changed by it in small portions, so that a million of them hold nobody up.

package import FoundationEssentials
import GRDB
import System

extension Spool {
  /// Due now; failed ones wait again with their failed recipients. What is held by hand stays held.
  /// - Returns: how many messages were meant and there; so for the three below.
  @discardableResult
  package func retry(_ selection: Selection, now: Date) async throws(SpoolError) -> Int {
    try await steer(selection, where: "state <> 1") { (writer, store, row, id, _) throws(StoreFailure) in
      switch row.state {
      case Store.State.waiting:
        if writer.flights[id] == nil { try store.changeDue.bind(id).run() }
        return true
      case Store.State.failed:
        guard var envelope = row.envelope else { return false }
        for place in envelope.recipients.indices { envelope.recipients[place].failure = nil }
        store.reviveRow.bind(id, now.milliseconds)
        try store.reviveRow.run(binding: envelope.packed, at: 3)
        return true
      default: return false
      }
    }
  }

  @discardableResult
  package func hold(_ selection: Selection, now: Date) async throws(SpoolError) -> Int {
    try await steer(selection, where: "state = 0") { (_, store, row, id, _) throws(StoreFailure) in
      guard row.state == Store.State.waiting else { return false }
      try store.changeState.bind(id, Store.State.held).run()
      return true
    }
  }

  /// Ends `hold`; due now.
  @discardableResult
  package func release(_ selection: Selection, now: Date) async throws(SpoolError) -> Int {
    try await steer(selection, where: "state = 1") { (_, store, row, id, _) throws(StoreFailure) in
      guard row.state == Store.State.held else { return false }
      try store.changeState.bind(id, Store.State.waiting).run()
      return true
    }
  }

  @discardableResult
  package func delete(_ selection: Selection, now: Date) async throws(SpoolError) -> Int {
    try await steer(selection, where: "TRUE") { (writer, store, row, id, effects) throws(StoreFailure) in
      try writer.erase(id, file: row.file, from: store, &effects)
      return true
    }
  }

  /// Messages of an entity that have waited for longer than `age` seconds fail; failed ones older than 30 days go.
  /// What is held by hand or in flight is left alone.
  ///
  /// - Parameter report: makes the report about one of them; `words` are the last the provider said. Called on the
  ///   spool's thread: must not wait.
  /// - Returns: how many failed.
  @discardableResult
  package func expire(
    _ entity: String, olderThan age: TimeInterval, now: Date,
    report: @escaping @Sendable (_ message: SpooledMessage, _ words: String) -> NewMessage?
  ) async throws(SpoolError) -> Int {
    let outdated = now.addingTimeInterval(-age).milliseconds
    let failed = try await forEachPage(of: entity, where: "state = 0 AND since < \(outdated)") {
      (writer, store, row, id, effects) throws(StoreFailure) in
      guard row.state == Store.State.waiting, row.since < outdated, writer.flights[id] == nil else { return false }
      try writer.expire(id, row, at: now.milliseconds, in: store, report, &effects)
      return true
    }
    let forgotten = now.addingTimeInterval(-Self.failedAreKept).milliseconds
    try await forEachPage(of: entity, where: "state = 2 AND due < \(forgotten)") {
      (writer, store, row, id, effects) throws(StoreFailure) in
      guard row.state == Store.State.failed, row.due < forgotten else { return false }
      try writer.erase(id, file: row.file, from: store, &effects)
      effects.movements[row.entity, default: Movement()].failed -= 1
      return true
    }
    return failed
  }

  /// 30 days.
  package static let failedAreKept: TimeInterval = 30 * 24 * 3600

  // MARK: Pages

  private static let pageRows = 500
  /// - Returns: whether the message was meant.
  private typealias Step = (Writer, Store, MessageRow, Int64, inout Effects) throws(StoreFailure) -> Bool

  private func steer(_ selection: Selection, where condition: String, _ step: @escaping Step) async throws(SpoolError)
    -> Int
  {
    var count = 0
    switch selection {
    case .ids(let ids):
      for start in stride(from: 0, to: ids.count, by: Self.pageRows) {
        let page = ids[start..<min(start + Self.pageRows, ids.count)].map(\.rawValue)
        count += try await apply(step, to: page)
      }
    case .all(let entity): count = try await forEachPage(of: entity, where: condition, step)
    }
    try await change { (writer, _, _) throws(StoreFailure) in writer.mustRecount = true }
    return count
  }

  @discardableResult
  private func forEachPage(
    of entity: String?, where condition: String, _ step: @escaping Step
  ) async throws(SpoolError) -> Int {
    var count = 0
    var last: Int64 = 0
    while true {
      let page = try await ids(of: entity, after: last, where: condition)
      guard let lastOfPage = page.last else { return count }
      count += try await apply(step, to: page)
      last = lastOfPage
    }
  }

  private func apply(_ step: @escaping Step, to page: [Int64]) async throws(SpoolError) -> Int {
    try await change { (writer, store, effects) throws(StoreFailure) in
      var count = 0
      for id in page {
        guard let row = try store.findRow.bind(id).first(MessageRow.init) else { continue }
        if try step(writer, store, row, id, &effects) { count += 1 }
      }
      return count
    }
  }

  private func ids(of entity: String?, after last: Int64, where condition: String) async throws(SpoolError) -> [Int64] {
    try await reading { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM message WHERE id > ? AND \(condition)
            AND (? IS NULL OR entity = (SELECT number FROM entity WHERE name = ?)) ORDER BY id LIMIT \(Self.pageRows)
          """, arguments: [last, entity, entity])
    }
  }

  /// Runs in the writer's next transaction; on disk when this returns.
  func change<Value>(
    _ work: @escaping (Writer, Store, inout Effects) throws(StoreFailure) -> Value
  ) async throws(SpoolError) -> Value where Value: Sendable {
    let result: Result<Value, SpoolError> = await withCheckedContinuation { continuation in
      // Written and read on the writer's thread only.
      var value: Value?
      let change = Change { (writer, store, effects) throws(StoreFailure) in
        value = try work(writer, store, &effects)
      } answer: { _, error in
        if let value, error == nil {
          continuation.resume(returning: .success(value))
        } else {
          continuation.resume(returning: .failure(error ?? .closed))
        }
      }
      enqueue(.change(change)) { continuation.resume(returning: .failure(.closed)) }
    }
    return try result.get()
  }
}

extension Writer {
  /// Row, body, attempts; the file after the commit.
  func erase(_ id: Int64, file: String?, from store: Store, _ effects: inout Effects) throws(StoreFailure) {
    try store.deleteMessage.bind(id).run()
    try store.deleteBody.bind(id).run()
    try store.deleteAttempts.bind(id).run()
    if let file { effects.files.append(file) }
  }

  func names(body: String) throws(SpoolError) -> Bool {
    guard let store else { throw .closed }
    do {
      store.findFile.bind(body, at: 1)
      return try store.findFile.first { _ in true } ?? false
    } catch { throw error.spoolError }
  }

  fileprivate func expire(
    _ id: Int64, _ row: MessageRow, at now: Int64, in store: Store,
    _ report: (SpooledMessage, String) -> NewMessage?, _ effects: inout Effects
  ) throws(StoreFailure) {
    var row = row
    let last = try store.lastAttempt.bind(id).first { ($0.text(0) ?? "", RowOutcomes.unpacked($0.bytes(1))) }
    let words = RowOutcomes.words(last?.0 ?? "", last?.1 ?? [])
    if let envelope = row.envelope, let content = try content(id, row.file, row.octetCount, from: store) {
      let message = SpooledMessage(
        id: MessageID(rawValue: id), entity: ledger.records[row.entity].name, envelope: row.flags.envelope(envelope),
        content: content, receivedAt: Date(milliseconds: row.received), attempts: row.attempts,
        isReport: row.flags.contains(.isReport), perhapsSent: row.flags.contains(.perhapsSent))
      if let report = report(message, words) { _ = try accept(report, at: now, into: store, &effects) }
      let failures = envelope.waiting.map { ($0, RecipientOutcome.failed(words)) }
      row.envelope?.apply(failures)
    }
    try fail(id, row, at: now, in: store, &effects)
  }
}

extension Piece {
  /// Everything of `entity` that waits for a time of its own is due as of its arrival, in portions; claims wait until all
  /// of it is, so that the oldest goes first.
  static func release(_ entity: String, from place: (due: Int64, id: Int64), now: Int64) -> Piece {
    let portion: Int64 = 500
    var last = place
    var isDone = false
    return .change(
      Change { (writer, store, effects) throws(StoreFailure) in
        guard let number = writer.ledger.numbers[entity] else { return isDone = true }
        writer.releasing.insert(entity)
        let rows = try store.findReleasable.bind(Int64(number), place.due, place.id, now, portion)
          .all { (due: $0.integer(0), id: $0.integer(1)) }
        for row in rows where writer.flights[row.id] == nil { try store.changeDue.bind(row.id).run() }
        isDone = rows.count < portion
        last = rows.last ?? place
        effects.movements[number, default: Movement()].leaves(unclaimedUntil: 0)
      } answer: { writer, error in
        if error != nil {
          writer.refused.append(.release(entity, from: place, now: now))
        } else if isDone {
          writer.releasing.remove(entity)
        } else {
          writer.desk.withLock { $0.pending.append(.release(entity, from: last, now: now)) }
        }
      })
  }
}
