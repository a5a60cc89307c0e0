// The other half of a storage engine: looking at the queue, for people, beside the writer.

/// Reads one spool. Its calls may block; `Spool` makes them on a thread of its own.
package protocol SpoolReader: Sendable {
  /// One page by ascending id, each with its last attempt.
  func list(
    entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int
  ) throws(SpoolError) -> [(record: MessageRecord, lastAttempt: AttemptRecord?)]
  /// One page of what one user has handed in, by ascending id, each with its last attempt.
  ///
  /// - Parameter most: looks at so many messages at most, whoever they are of.
  /// - Returns: as `next` the message behind which the next page begins; `nil` where there is no more to look at.
  func list(
    of uid: UInt32, entity: String?, state: ListedMessage.State?, after: MessageID, limit: Int, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?)
  /// One page by descending id, each with its last attempt: for searches that want the newest first.
  ///
  /// - Parameters:
  ///   - uid: of this user's messages only; `nil`: everybody's.
  ///   - most: looks at so many messages at most, whoever they are of.
  /// - Returns: as `next` the message before which the next page begins; `nil` where there is no more to look at.
  func newest(
    before: MessageID, of uid: UInt32?, lookingAt most: Int
  ) throws(SpoolError) -> (page: [(record: MessageRecord, lastAttempt: AttemptRecord?)], next: MessageID?)
  /// - Returns: `nil` where there is no such message.
  func show(_ id: MessageID) throws(SpoolError) -> StoredDetail?
  /// All octets of a body that is stored beside its record; `nil` where there is none.
  func inlineBody(of id: MessageID) throws(SpoolError) -> [UInt8]?
  /// One page by ascending id.
  func ids(_ filter: MessageFilter, entity: String?, after: MessageID, limit: Int) throws(SpoolError) -> [MessageID]
  /// Messages of an entity in any state whose copy is open, by ascending id.
  func openCopies(of entity: String, limit: Int) throws(SpoolError) -> [MessageRecord]
  func history(of id: MessageID) throws(SpoolError) -> HistoryEntry?
  /// The rows that have one of these keys, the newest message first.
  ///
  /// - Parameters:
  ///   - uid: of this user's messages only; `nil`: everybody's.
  ///   - since: that ended then or later.
  func history(
    keyed keys: [String], of uid: UInt32?, since: Timestamp, limit: Int
  ) throws(SpoolError) -> [HistoryEntry]
  /// Rows that ended at `since` or later, the newest message first.
  func newestHistory(before: MessageID, since: Timestamp, limit: Int) throws(SpoolError) -> [HistoryEntry]
  /// When the oldest message ended that the history knows.
  func historyBegins() throws(SpoolError) -> Timestamp?
  /// Lets go of the storage until it is asked again. The engine closes after this, and may then tidy up.
  func close()
}

/// One message with all its attempts.
package struct StoredDetail: Sendable {
  package let record: MessageRecord
  /// Oldest first.
  package let attempts: [AttemptRecord]
  /// At most the first 64 KiB of the body stored beside the record.
  package let bodyStart: [UInt8]

  package init(record: MessageRecord, attempts: [AttemptRecord], bodyStart: [UInt8]) {
    self.record = record
    self.attempts = attempts
    self.bodyStart = bodyStart
  }
}

/// Which messages a page is to hold.
package enum MessageFilter: Sendable {
  case any
  case waiting
  case held
  case notHeld
  case notFiling
  case unknown
  /// In any state, with a copy that is still to be filed.
  case copyOpen
  /// Waiting since before this time.
  case waitingSince(before: Timestamp)
  case failed(before: Timestamp)
}
