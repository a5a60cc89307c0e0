package import Spool
import Synchronization

/// Reads what engines in memory have committed.
package struct MemoryReader: SpoolReader {
  private let storage: MemoryStorage

  package init(_ storage: MemoryStorage) { self.storage = storage }

  private func page(after id: MessageID, limit: Int, where isMeant: (MessageRecord) -> Bool) -> [MessageRecord] {
    let records = storage.contents.withLock { $0.records.values.filter { $0.id > id } }
    return Array(records.filter(isMeant).sorted { $0.id < $1.id }.prefix(limit))
  }

  package func list(
    entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int
  ) throws(SpoolError) -> [(record: MessageRecord, lastAttempt: AttemptRecord?)] {
    let attempts = storage.contents.withLock { $0.attempts }
    return page(after: after, limit: limit) { record in
      (entity == nil || record.entity == entity) && state.map(record.isListed) ?? true
    }.map { ($0, attempts[$0.id]?.last) }
  }

  package func list(
    of uid: UInt32, entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?) {
    let attempts = storage.contents.withLock { $0.attempts }
    let looked = page(after: after, limit: most) { _ in true }
    let found = looked.filter { record in
      record.envelope?.source.uid == uid && (entity == nil || record.entity == entity)
        && state.map(record.isListed) ?? true
    }.prefix(limit)
    let next = found.count == limit ? found.last?.id : looked.count == most ? looked.last?.id : nil
    return (found.map { ($0, attempts[$0.id]?.last) }, next)
  }

  package func newest(
    before: MessageID, of uid: UInt32?, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?) {
    let (records, attempts) = storage.contents.withLock { ($0.records.values.filter { $0.id < before }, $0.attempts) }
    let looked = records.sorted { $0.id > $1.id }.prefix(most)
    let found = looked.filter { uid == nil || $0.envelope?.source.uid == uid }
    return (found.map { ($0, attempts[$0.id]?.last) }, looked.count == most ? looked.last?.id : nil)
  }

  package func newestHistory(
    before: MessageID, since: Timestamp, limit: Int
  ) throws(SpoolError) -> [HistoryEntry] {
    let found = storage.contents.withLock { $0.history.values }.filter { $0.id < before && $0.endedAt >= since }
    return Array(found.sorted { $0.id > $1.id }.prefix(limit))
  }

  package func openCopies(of entity: String, limit: Int) throws(SpoolError) -> [MessageRecord] {
    page(after: MessageID(rawValue: 0), limit: limit) { $0.entity == entity && $0.envelope?.copy?.isOpen == true }
  }

  package func history(of id: MessageID) throws(SpoolError) -> HistoryEntry? {
    storage.contents.withLock { $0.history[id] }
  }

  package func history(
    keyed keys: [String], of uid: UInt32?, since: Timestamp, limit: Int
  ) throws(SpoolError) -> [HistoryEntry] {
    let found = storage.contents.withLock { $0.history.values }.filter { entry in
      entry.endedAt >= since && (uid == nil || entry.source.uid == uid) && entry.keys.contains(where: keys.contains)
    }
    return Array(found.sorted { $0.id > $1.id }.prefix(limit))
  }

  package func historyBegins() throws(SpoolError) -> Timestamp? {
    storage.contents.withLock { $0.history.values.min { $0.id < $1.id }?.endedAt }
  }

  package func show(_ id: MessageID) throws(SpoolError) -> StoredDetail? {
    storage.contents.withLock { contents in
      contents.records[id].map { record in
        StoredDetail(
          record: record, attempts: contents.attempts[id] ?? [],
          bodyStart: Array((contents.bodies[id] ?? []).prefix(65_536)))
      }
    }
  }

  package func inlineBody(of id: MessageID) throws(SpoolError) -> [UInt8]? {
    storage.contents.withLock { $0.bodies[id] }
  }

  package func ids(
    _ filter: MessageFilter, entity: String?, after: MessageID, limit: Int
  ) throws(SpoolError) -> [MessageID] {
    page(after: after, limit: limit) { (entity == nil || $0.entity == entity) && filter.accepts($0) }.map(\.id)
  }

  package func close() {}
}

extension MessageRecord {
  fileprivate func isListed(as listed: ListedMessage.State) -> Bool {
    switch listed {
    case .waiting: state == .waiting && !isDeferred
    case .deferred: state == .waiting && isDeferred
    case .held: state == .held
    case .unknown: state == .unknown
    case .filing: state == .filing
    case .failed: state == .failed
    case .damaged: state == .damaged
    }
  }
}

extension MessageFilter {
  fileprivate func accepts(_ record: MessageRecord) -> Bool {
    switch self {
    case .any: true
    case .waiting: record.state == .waiting
    case .held: record.state == .held
    case .notHeld: record.state != .held
    case .notFiling: record.state != .filing
    case .unknown: record.state == .unknown
    case .copyOpen: record.envelope?.copy?.isOpen == true
    case .waitingSince(let time): record.state == .waiting && record.since < time
    case .failed(let time): record.state == .failed && record.due < time
    }
  }
}
