// The copies that are still to be filed: read, begun, put off, ended. Nothing here touches what becomes of a message.

package import FoundationEssentials

extension Spool {
  /// Messages of an entity whose copy is not filed yet, the oldest first; of very many a portion.
  package func sentCopies(of entity: String) async throws(SpoolError) -> [ListedMessage] {
    try await read { (reader) throws(SpoolError) in try reader.openCopies(of: entity, limit: Self.mostCopies) }
      .map { ListedMessage($0, lastAttempt: nil) }
  }

  private static let mostCopies = 500

  /// Writes down, before anything goes to the server, that these copies are perhaps there from now on. On disk when this
  /// returns.
  ///
  /// - Parameter time: when they are looked for, where nothing more is written down about them.
  /// - Returns: those that are still open.
  package func beginCopies(_ ids: [MessageID], lookingAt time: Date) async throws(SpoolError) -> Set<MessageID> {
    try await change { (batch) throws(EngineFailure) in
      var begun: Set<MessageID> = []
      for id in ids {
        let isOpen = try batch.updateCopy(of: id) { copy in
          (copy.stage, copy.due) = (.begun, time)
          copy.attempts += 1
        }
        if isOpen { begun.insert(id) }
      }
      return begun
    }
  }

  /// The copies are tried again.
  ///
  /// - Parameter stage: `.begun` where they are perhaps there.
  package func postponeCopies(
    _ ids: [MessageID], until time: Date, as stage: SentCopy.Stage? = nil, finding: String
  ) async throws(SpoolError) {
    try await change { (batch) throws(EngineFailure) in
      for id in ids {
        _ = try batch.updateCopy(of: id) { copy in
          copy.stage = stage ?? copy.stage
          copy.due = time
          copy.finding = String(finding.prefix(HistoryEntry.mostWords))
        }
      }
    }
  }

  /// Filed, found or given up: of a message that everybody has got nothing is left but its row of the history, which says so.
  /// On disk when this returns.
  package func endCopy(of id: MessageID, _ words: String) async throws(SpoolError) {
    try await change { (batch) throws(EngineFailure) in
      guard var record = try batch.engine.record(id) else { return }
      _ = try batch.endCopy(of: &record, words)
    }
  }

  /// Copies of messages that were sent before `time` are filed no more.
  ///
  /// - Returns: how many; of very many a portion.
  package func giveUpCopies(of entity: String, sentBefore time: Date) async throws(SpoolError) -> Int {
    let old = try await sentCopies(of: entity).filter { $0.copy.map { $0.sentAt < time } ?? false }
    if old.isEmpty { return 0 }
    return try await change { (batch) throws(EngineFailure) in
      var count = 0
      for message in old {
        guard var record = try batch.engine.record(message.id) else { continue }
        let finding = record.envelope?.copy?.finding ?? ""
        let words = "not filed within a day" + (finding.isEmpty ? "" : ": \(finding)")
        if try batch.endCopy(of: &record, words) { count += 1 }
      }
      return count
    }
  }

  /// A person wants copies filed now.
  @discardableResult
  package func retryCopies(_ selection: Selection, now: Date) async throws(SpoolError) -> SelectionUpdate {
    try await update(selection, .copyOpen) { (batch, record) throws(EngineFailure) in
      try batch.updateCopy(of: record.id) { $0.due = min($0.due, now) }
    }
  }

  /// A person wants no copies.
  @discardableResult
  package func dropCopies(_ selection: Selection, by person: String) async throws(SpoolError) -> SelectionUpdate {
    try await update(selection, .copyOpen) { (batch, record) throws(EngineFailure) in
      try batch.endCopy(of: &record, SentCopy.dropped(by: person))
    }
  }
}

extension SentCopy {
  static func dropped(by person: String) -> String { "not filed: dropped by \(person)" }
}
