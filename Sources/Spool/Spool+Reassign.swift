// What becomes of mail that was held for an unknown client: an entity's, or failed.

package import FoundationEssentials

extension Spool {
  /// Moves every message of one key to another, whatever its state, the oldest first; what is under way stays. What waits
  /// is due now, and so is what was held with a reason: that was the old key's. Meanwhile nothing of the new key is
  /// claimed, so that nothing overtakes what is older.
  ///
  /// A power cut, or an error, leaves each message under one of the two: the same call moves the rest.
  /// - Returns: how many were moved.
  @discardableResult
  package func reassign(from key: String, to entity: String, now: Date) async throws(SpoolError) -> Int {
    guard key != entity else { return 0 }
    do throws(SpoolError) {
      let moved = try await forEachPage(of: key, .any) { (batch, record) throws(EngineFailure) in
        guard record.entity == key else { return false }
        return try batch.reassign(&record, to: entity)
      }.count
      if moved > 0 { try await change { (batch) throws(EngineFailure) in batch.endReassigning(to: entity) } }
      return moved
    } catch {
      // Not waited for, and done as soon as the storage works again: ends what was begun.
      release(entity, now: now)
      throw error
    }
  }

  /// Everything that waits or is held under a key fails.
  ///
  /// - Parameters:
  ///   - words: why, as `queue show` tells it.
  ///   - report: makes the report about one of them. Called on the spool's thread: must not wait.
  /// - Returns: how many failed.
  @discardableResult
  package func fail(
    allOf key: String, words: String, now: Date, report: @escaping @Sendable (SpooledMessage) -> NewMessage?
  ) async throws(SpoolError) -> Int {
    let now = Timestamp(now)
    let failed = try await forEachPage(of: key, .any) { (batch, record) throws(EngineFailure) in
      guard record.entity == key else { return false }
      return try batch.deny(&record, words: words, at: now, report: report)
    }.count
    try await change { (batch) throws(EngineFailure) in batch.result.needsCensus = true }
    return failed
  }

  /// How many messages of unknown clients are held, altogether.
  package var pendingCount: Int {
    counts.reduce(0) { SpoolKey.isPending($1.key) ? $0 + $1.value.queued : $0 }
  }
}
