// What has become of messages, for people: those of the queue and those of the history.

package import FoundationEssentials
import Message
import SMTP

/// What a search has come to.
package struct TraceResult: Sendable {
  /// The newest first.
  package var messages: [TracedMessage] = []
  /// There are more.
  package var isCut = false
  /// Nothing has the address itself, and the history only keeps domains: these are of anybody there.
  package var isByDomain = false
  /// The history has more rows than `Spool.mostRowsTraced`, and the older ones were not looked at.
  package var isWhole = true
  /// `nil`: it is empty.
  package var historyBegins: Date?
}

/// One message's life so far.
package struct TracedMessage: Sendable {
  package let entry: HistoryEntry
  /// As it lies in the queue; `nil`: it does not.
  package let queued: ListedMessage?
}

extension Spool {
  /// Looks for one of our numbers, for messages by their Message-ID, by what their provider calls them, by an address or a
  /// domain, or for the newest of all.
  ///
  /// - Parameters:
  ///   - uid: of this user's messages only; `nil`: everybody's.
  ///   - since: those that came into the queue, or ended, then or later.
  ///   - limit: `nil`: as many as people want to read.
  package func trace(
    _ query: TraceQuery, of uid: UInt32?, since: Date? = nil, limit: Int? = nil
  ) async throws(SpoolError) -> TraceResult {
    var result = TraceResult()
    result.historyBegins = try await read { (reader) throws(SpoolError) in try reader.historyBegins() }?.date
    if let id = query.id, let found = try await traced(id, of: uid) {
      result.messages = [found]
      return result
    }
    let limit = limit ?? query.mostShown
    let span = TraceSpan(uid: uid, since: since.map(Timestamp.init) ?? Timestamp(milliseconds: 0), limit: limit + 1)
    var ids = try await queued(query.target, in: span)
    let (ended, isWhole) = try await ended(query.target, in: span)
    ids.formUnion(ended)
    if ids.isEmpty, let domain = query.domain {
      ids = try await read { (reader) throws(SpoolError) in try reader.ids(ofHistory: [domain], in: span) }
      result.isByDomain = !ids.isEmpty
    }
    result.isCut = ids.count > limit
    result.isWhole = isWhole || result.isCut
    for id in ids.sorted(by: >).prefix(limit) {
      if let found = try await traced(id, of: uid) { result.messages.append(found) }
    }
    return result
  }

  /// However long the queue is, it is read in portions, the newest messages first.
  private func queued(_ target: TraceTarget, in span: TraceSpan) async throws(SpoolError) -> Set<MessageID> {
    var found: Set<MessageID> = []
    var place: MessageID? = .afterAll
    while let before = place, found.count < span.limit {
      let (page, next) = try await read { (reader) throws(SpoolError) in
        try reader.newest(before: before, of: span.uid, lookingAt: Self.portionTraced)
      }
      let messages = page.lazy.map { ListedMessage($0.record, lastAttempt: $0.lastAttempt) }
      for message in messages where Timestamp(message.receivedAt) >= span.since && found.count < span.limit {
        if target.isMet(by: message) { found.insert(message.id) }
      }
      place = next
    }
    return found
  }

  /// - Returns: as `isWhole` whether all rows were looked at, or enough was found before.
  private func ended(
    _ target: TraceTarget, in span: TraceSpan
  ) async throws(SpoolError) -> (ids: Set<MessageID>, isWhole: Bool) {
    if case .keys(let keys) = target {
      return (try await read { (reader) throws(SpoolError) in try reader.ids(ofHistory: keys, in: span) }, true)
    }
    var found: Set<MessageID> = []
    var before = MessageID.afterAll
    for _ in 0..<(Self.mostRowsTraced / Self.portionTraced) {
      let place = before
      let page = try await read { (reader) throws(SpoolError) in
        try reader.newestHistory(before: place, since: span.since, limit: Self.portionTraced)
      }
      for entry in page where span.uid == nil || entry.source.uid == span.uid {
        if found.count < span.limit, target.isMet(by: entry) { found.insert(entry.id) }
      }
      guard page.count == Self.portionTraced, found.count < span.limit, let last = page.last else {
        return (found, true)
      }
      before = last.id
    }
    return (found, false)
  }

  private static let portionTraced = 1000
  /// Rows of the history that a search looks at where their marks do not tell it: some tenths of a second.
  package static let mostRowsTraced = 100_000

  /// - Returns: `nil` where neither the queue nor the history has it, or it is another user's.
  private func traced(_ id: MessageID, of uid: UInt32?) async throws(SpoolError) -> TracedMessage? {
    let found = try await read { (reader) throws(SpoolError) in
      TracedMessage(try reader.show(id), try reader.history(of: id))
    }
    guard let found, uid == nil || found.entry.source.uid == uid else { return nil }
    return found
  }
}

/// Whose messages are looked at, since when, and how many.
private struct TraceSpan: Sendable {
  let uid: UInt32?
  let since: Timestamp
  let limit: Int
}

extension MessageID {
  fileprivate static let afterAll = MessageID(rawValue: .max)
}

extension SpoolReader {
  fileprivate func ids(ofHistory keys: [String], in span: TraceSpan) throws(SpoolError) -> Set<MessageID> {
    Set(try history(keyed: keys, of: span.uid, since: span.since, limit: span.limit).map(\.id))
  }
}

extension TracedMessage {
  fileprivate init?(_ stored: StoredDetail?, _ ended: HistoryEntry?) {
    guard let stored else {
      guard let ended else { return nil }
      (entry, queued) = (ended, nil)
      return
    }
    queued = ListedMessage(stored.record, lastAttempt: stored.attempts.last)
    // Everybody has it, and that has been told.
    if let ended, stored.record.state == .filing {
      entry = ended
      return
    }
    var entry = HistoryEntry(stored.record, at: stored.record.due)
    entry.words = stored.attempts.last?.lastWords ?? ""
    entry.firstAttemptAt = stored.attempts.first.map { Timestamp($0.at) }
    if let ended {
      entry.takeOver(ended)
      entry.ending = ended.ending
    }
    self.entry = entry
  }
}
