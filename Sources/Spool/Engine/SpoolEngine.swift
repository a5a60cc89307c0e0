// The seam to where messages are stored. An engine keeps records and their bodies, gives ids and leases, and commits;
// what the records mean is decided in `Batch`. StorageSQLite has the first one.

/// A transactional storage for one spool, used by one thread: the one that made it.
///
/// Several engines, in several processes or on several hosts, may work on one storage. Each is an owner, and no message
/// is leased to two owners at a time. The calls from `insert` to `addTotals` are made within a transaction; what they
/// read includes what the transaction has written.
///
/// An engine over a network is free to send what returns nothing of interest (`insert` with ids it has reserved,
/// `update`, `addAttempt`) together with the next call that has to wait, at the latest with `commit`. What then fails
/// is thrown by that call, and the transaction is rolled back whole.
package protocol SpoolEngine: AnyObject {
  /// Who holds the leases this engine gives.
  var owner: LeaseOwner { get }

  // MARK: Transactions

  /// - Parameter isDurable: whether `commit` waits until the transaction would survive a power cut. Otherwise the next
  ///   durable commit or `sync` takes it along, and never a later transaction survives without it.
  func begin(isDurable: Bool) throws(EngineFailure)
  /// - Throws: `.broken`, if the transaction may be stored all the same. `reopen` then takes out what it inserted.
  func commit() throws(EngineFailure)
  /// Does nothing outside a transaction.
  func rollback()
  /// Everything committed so far survives a power cut when this returns.
  func sync() throws(EngineFailure)

  // MARK: One message

  /// Stores a new message: held where it says why, else waiting and due at its arrival, or leased for its first attempt.
  ///
  /// - Parameter bodyName: what the body store calls the body; `nil`: its octets are stored here.
  /// - Returns: a number greater than that of any message before, also of those that are gone, and with it the lease.
  func insert(
    _ message: NewMessage, bodyName: String?, receivedAt: Timestamp, leasedUntil: Timestamp?
  ) throws(EngineFailure) -> (id: MessageID, lease: Lease?)
  /// - Returns: `nil` where there is no such message.
  func record(_ id: MessageID) throws(EngineFailure) -> MessageRecord?
  /// - Returns: the octets stored beside the record; `nil` where they are missing.
  func body(of id: MessageID) throws(EngineFailure) -> [UInt8]?
  /// Stores what can change of a record: all its variables. The caller has read it in this transaction.
  func update(_ record: MessageRecord) throws(EngineFailure)
  /// Puts a message under another entity, which may be new. The caller has read it in this transaction.
  func move(_ id: MessageID, to entity: String) throws(EngineFailure)
  /// Deletes a message with its body and its attempts, whoever has leased it.
  func delete(_ id: MessageID) throws(EngineFailure)
  /// Keeps the first attempt of a message and its latest `AttemptRecord.mostKept`. One of the same number is replaced.
  func addAttempt(_ attempt: AttemptRecord, to id: MessageID) throws(EngineFailure)
  func firstAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord?
  func lastAttempt(of id: MessageID) throws(EngineFailure) -> AttemptRecord?

  // MARK: Many messages

  /// Leases waiting messages of one entity whose time has come, ordered by due time, then id: those due at or before
  /// `now`, then those due later than `Schedule.longestWait` ahead, because the clock has been set back.
  ///
  /// - Parameters:
  ///   - until: the end of the lease of a message, by its `leaseStep`.
  ///   - isUnderWay: messages that the caller still works on, though their lease has run out. They are left out.
  func leaseDue(
    _ request: LeaseRequest, until: (_ step: Int) -> Timestamp, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> LeasedMessages
  /// Deletes messages that have been delivered to all their recipients.
  ///
  /// - Returns: those for which nothing was changed, and why.
  func remove(_ delivered: [DeliveredMessage]) throws(EngineFailure) -> [MessageID: LeaseLoss]
  /// Makes a portion of an entity's waiting messages due as of `since`: those that are deferred or due after `now`.
  ///
  /// - Parameter place: the last place of the portion before.
  /// - Returns: the last place of this portion; `nil` when there is no more.
  func makeDue(
    of entity: String, after place: DuePlace?, now: Timestamp, limit: Int, except isUnderWay: (MessageID) -> Bool
  ) throws(EngineFailure) -> DuePlace?
  /// Adds to what is remembered of an entity when its messages are gone.
  func addTotals(_ totals: Counts.Totals, lastDeliveredAt: Timestamp?, to entity: String) throws(EngineFailure)

  // MARK: The history

  /// Keeps one row for each message; an earlier one of the same message is replaced. Rows stay when messages go.
  func addHistory(_ entries: [HistoryEntry]) throws(EngineFailure)
  func history(of id: MessageID) throws(EngineFailure) -> HistoryEntry?
  /// Deletes a portion of the rows that are too many or too old. Those of the lowest numbers come first; one that is older
  /// than others of lower numbers may be left for later calls, which look at all rows in turn.
  ///
  /// - Returns: how many were deleted.
  func pruneHistory(beyond limit: HistoryLimit, atMost most: Int) throws(EngineFailure) -> Int

  // MARK: Looking, also outside a transaction

  /// Counts everything. Asked when the spool is opened, and after others have changed something.
  func census() throws(EngineFailure) -> [EntityCensus]
  /// - Returns: the first message of an entity that is not failed, from `id` on.
  func oldest(of entity: String, from id: MessageID) throws(EngineFailure) -> (id: MessageID, receivedAt: Timestamp)?
  func names(body: String) throws(EngineFailure) -> Bool
  /// Whether somebody else has committed since the last `census`.
  func changedByOthers() throws(EngineFailure) -> Bool

  // MARK: The storage, outside a transaction

  /// What the next batch may hold, so that there is always room left for what takes messages out again.
  ///
  /// - Parameter reserve: `queue_min_free`; 0 for no limit.
  func allowance(keeping reserve: Int64) -> BatchAllowance
  /// Called after each round, so that the engine can keep its storage in shape between two transactions. Must not take
  /// longer than a commit.
  func maintain()
  /// Lets go of a storage after `.broken`. Does not throw: it is broken already.
  func abandon()
  /// Mends a storage that was found corrupt, after `abandon` and before `reopen`: what can be read is kept, and of what
  /// cannot a record stays that says so (`.damaged`). Readers must have let go of the storage.
  func salvage() throws(EngineFailure)
  /// Opens the storage anew after `abandon`. Nothing of a transaction that was not committed is stored when this returns.
  func reopen() throws(EngineFailure)
  /// Whoever waits for the storage may have it when this returns.
  func close() throws(EngineFailure)
}

/// How much to lease.
package struct LeaseRequest: Sendable {
  package let entity: String
  package let now: Timestamp
  package let mostMessages: Int
  /// No more are leased once their bodies in memory are as large as this; one always is.
  package let mostOctets: Int

  package init(entity: String, now: Timestamp, mostMessages: Int, mostOctets: Int) {
    self.entity = entity
    self.now = now
    self.mostMessages = mostMessages
    self.mostOctets = mostOctets
  }
}

/// What a lease request came to.
package struct LeasedMessages: Sendable {
  package struct Leased: Sendable {
    /// As it is now: with the lease, the attempt counted.
    package let record: MessageRecord
    /// `nil`: the body store has it.
    package let body: [UInt8]?

    package init(record: MessageRecord, body: [UInt8]?) {
      self.record = record
      self.body = body
    }
  }

  package var leased: [Leased] = []
  /// Their envelope or body is missing: nothing was changed.
  package var damaged: [MessageRecord] = []
  /// The earliest time at which there will be more, as far as the storage knows; `nil`: none waits.
  package var nextDue: Timestamp?

  package init() {}
}

/// One message that has been delivered to all its recipients.
package struct DeliveredMessage: Sendable {
  package let id: MessageID
  package let term: Int64
  /// Its body is stored beside the record.
  package let hasStoredOctets: Bool
  package let hasAttempts: Bool

  package init(id: MessageID, term: Int64, hasStoredOctets: Bool, hasAttempts: Bool) {
    self.id = id
    self.term = term
    self.hasStoredOctets = hasStoredOctets
    self.hasAttempts = hasAttempts
  }
}

/// A place in the order in which messages fall due.
package struct DuePlace: Equatable, Sendable {
  package let due: Timestamp
  package let id: MessageID

  package init(due: Timestamp, id: MessageID) {
    self.due = due
    self.id = id
  }
}

/// What lies in the storage, for one entity.
package struct EntityCensus: Sendable {
  package let entity: String
  /// Without `oldestReceivedAt`.
  package var counts: Counts
  /// Of those that wait, leased or not.
  package var earliestDue: Timestamp?

  package init(entity: String, counts: Counts, earliestDue: Timestamp? = nil) {
    self.entity = entity
    self.counts = counts
    self.earliestDue = earliestDue
  }
}

/// What one batch may hold.
package struct BatchAllowance: Equatable, Sendable {
  /// Requests and claims in one transaction.
  package var requests: Int
  /// For new messages, together.
  package var octets: Int64
  /// What a message costs besides its body.
  package var octetsPerMessage: Int64
  /// Otherwise the disk is so full that mail needs what is left.
  package var hasRoomForHistory: Bool

  package init(
    requests: Int = 1000, octets: Int64 = .max, octetsPerMessage: Int64 = 0, hasRoomForHistory: Bool = true
  ) {
    self.requests = requests
    self.octets = octets
    self.octetsPerMessage = octetsPerMessage
    self.hasRoomForHistory = hasRoomForHistory
  }
}
