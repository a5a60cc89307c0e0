// What people do with the queue, and the two chores of age. Messages are looked up beside the writer, page by page, and
// changed by it in small portions, so that a million of them hold nobody up.

package import FoundationEssentials
package import SMTP

extension Spool {
  /// Due now; failed ones wait again with their failed recipients. What is held by hand stays held.
  @discardableResult
  package func retry(_ selection: Selection, now: Date) async throws(SpoolError) -> SelectionUpdate {
    let now = Timestamp(now)
    return try await update(selection, .notHeld) { (batch, record) throws(EngineFailure) in
      try batch.retry(&record, at: now)
    }
  }

  @discardableResult
  package func hold(_ selection: Selection, now: Date) async throws(SpoolError) -> SelectionUpdate {
    try await update(selection, .waiting) { (batch, record) throws(EngineFailure) in try batch.hold(&record) }
  }

  /// Ends `hold`, and what held a message since it was accepted; due now. Mail of unknown clients stays held.
  @discardableResult
  package func release(_ selection: Selection, now: Date) async throws(SpoolError) -> SelectionUpdate {
    try await update(selection, .held) { (batch, record) throws(EngineFailure) in try batch.release(&record) }
  }

  /// After all mail of `entity` was kept back: what waits has waited since now, and is due. While no queue of the entity
  /// runs.
  package func renew(_ entity: String, now: Date) async throws(SpoolError) {
    let now = Timestamp(now)
    _ = try await update(.all(entity: entity), .waiting) { (batch, record) throws(EngineFailure) in
      try batch.renew(&record, at: now)
    }
  }

  /// All messages of an entity are those that somebody is still to get: what is filing is not meant, unless it is named.
  ///
  /// - Parameter person: who has ordered it, for the history.
  @discardableResult
  package func delete(
    _ selection: Selection, by person: String = "letterhead", now: Date
  ) async throws(SpoolError) -> SelectionUpdate {
    try await update(selection, .notFiling) { (batch, record) throws(EngineFailure) in
      try batch.delete(record, by: person)
      return true
    }
  }

  /// Messages of an entity that have waited for longer than `age` fail; failed ones older than 30 days are deleted.
  /// What is held by hand or under way is left alone.
  ///
  /// - Parameter report: makes the report about one of them; `words` are the last the provider said. Called on the
  ///   spool's thread: must not wait.
  /// - Returns: how many failed.
  @discardableResult
  package func expire(
    _ entity: String, olderThan age: Duration, now: Date,
    report: @escaping @Sendable (_ message: SpooledMessage, _ words: String) -> NewMessage?
  ) async throws(SpoolError) -> Int {
    let now = Timestamp(now)
    let outdated = now - age
    let failed = try await forEachPage(of: entity, .waitingSince(before: outdated)) {
      (batch, record) throws(EngineFailure) in
      try batch.expire(&record, waitingSince: outdated, at: now, report: report)
    }.count
    try await forgetFailed(of: entity, before: now - Self.failedAreKept)
    return failed
  }

  /// Deletes failed messages that are older than 30 days, under any key.
  package func forgetFailed(of key: String, now: Date) async throws(SpoolError) {
    try await forgetFailed(of: key, before: Timestamp(now) - Self.failedAreKept)
  }

  private func forgetFailed(of key: String, before forgotten: Timestamp) async throws(SpoolError) {
    try await forEachPage(of: key, .failed(before: forgotten)) { (batch, record) throws(EngineFailure) in
      try batch.forget(record, failedBefore: forgotten)
    }
  }

  /// 30 days.
  package static let failedAreKept = Duration.seconds(30 * 24 * 3600)

  /// Some recipients have the message and others are still to come: those who have it are taken out, and the message
  /// stays claimed. On disk when this returns, so that a crash between two transactions sends nobody twice.
  package func markDelivered(_ delivered: [Address], of id: MessageID) async throws(SpoolError) {
    try await change { (batch) throws(EngineFailure) in try batch.markDelivered(delivered, of: id) }
  }

  // MARK: Pages

  private static let pageMessages = 500
  /// - Returns: whether the message was meant.
  typealias Step = @Sendable (inout Batch, inout MessageRecord) throws(EngineFailure) -> Bool

  func update(
    _ selection: Selection, _ filter: MessageFilter, _ step: @escaping Step
  ) async throws(SpoolError) -> SelectionUpdate {
    var update = SelectionUpdate()
    switch selection {
    case .ids(let ids):
      for start in stride(from: 0, to: ids.count, by: Self.pageMessages) {
        let page = Array(ids[start..<min(start + Self.pageMessages, ids.count)])
        update.add(page, unfit: try await apply(step, to: page), tellsUnfit: true)
      }
    case .all(let entity): update = try await forEachPage(of: entity, filter, step)
    }
    try await change { (batch) throws(EngineFailure) in batch.result.needsCensus = true }
    return update
  }

  /// - Returns: what was changed, and nothing of what was not meant.
  @discardableResult
  func forEachPage(
    of entity: String?, _ filter: MessageFilter, _ step: @escaping Step
  ) async throws(SpoolError) -> SelectionUpdate {
    var update = SelectionUpdate()
    var last = MessageID(rawValue: 0)
    while true {
      let place = last
      let page = try await read { (reader) throws(SpoolError) in
        try reader.ids(filter, entity: entity, after: place, limit: Self.pageMessages)
      }
      guard let lastOfPage = page.last else { return update }
      update.add(page, unfit: try await apply(step, to: page), tellsUnfit: false)
      last = lastOfPage
    }
  }

  /// - Returns: the messages that are gone or that `step` does not mean.
  private func apply(_ step: @escaping Step, to page: [MessageID]) async throws(SpoolError) -> [MessageID] {
    try await change { (batch) throws(EngineFailure) in
      var unfit: [MessageID] = []
      for id in page {
        if var record = try batch.engine.record(id), try step(&batch, &record) { continue }
        unfit.append(id)
      }
      return unfit
    }
  }

  /// Does `work` in the writer's next transaction; on disk when this returns.
  func change<Value: Sendable>(
    _ work: @escaping @Sendable (inout Batch) throws(EngineFailure) -> Value
  ) async throws(SpoolError) -> Value {
    guard !context.isReadOnly else { throw .readOnly }
    let result: Result<Value, SpoolError> = await withCheckedContinuation { continuation in
      let change = RowChange { (batch) throws(EngineFailure) in
        let value = try work(&batch)
        return { continuation.resume(returning: .success(value)) }
      } refuse: { error in
        continuation.resume(returning: .failure(error))
      }
      if !context.inbox.add(.change(change)) { change.refuse(.closed) }
    }
    return try result.get()
  }
}
