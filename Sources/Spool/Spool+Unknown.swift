// What becomes of messages whose outcome is unknown: looked for, found, decided by a person.

package import FoundationEssentials
package import Message

extension Spool {
  /// Those of an entity whose outcome is unknown, the oldest first; of very many a portion.
  package func unknown(of entity: String) async throws(SpoolError) -> [ListedMessage] {
    try await list(entity: entity, state: .unknown)
  }

  /// Ends the doubt about messages. On disk when this returns.
  @discardableResult
  package func resolve(
    _ selection: Selection, as resolution: UnknownResolution, now: Date
  ) async throws(SpoolError) -> SelectionUpdate {
    let now = Timestamp(now)
    return try await update(selection, .unknown) { (batch, record) throws(EngineFailure) in
      try batch.resolve(&record, as: resolution, at: now)
    }
  }

  /// The messages stay unknown, and are looked for again.
  ///
  /// - Parameter finding: what was found out so far, for people.
  package func keepUnknown(_ ids: [MessageID], lookingAt time: Date, finding: String) async throws(SpoolError) {
    try await change { (batch) throws(EngineFailure) in
      for id in ids { try batch.keepUnknown(id, until: Timestamp(time), finding: finding) }
    }
  }

  /// How many other messages of an entity the provider has taken of late that have this Message-ID, as far as the history
  /// tells: an app may hand in one message several times.
  package func takenAlike(
    _ messageID: InternetMessageID, of entity: String, besides id: MessageID, since: Date
  ) async throws(SpoolError) -> Int {
    let (key, since) = (HistoryKey.normal(messageID.description), Timestamp(since))
    let rows = try await read { (reader) throws(SpoolError) in
      try reader.history(keyed: [key], of: nil, since: since, limit: Self.mostAlike)
    }
    return rows.count { $0.id != id && $0.entity == entity && $0.recipients.contains { $0.fate == .delivered } }
  }

  private static let mostAlike = 1000
}
