// What a batch will mean once it is stored. Nothing here has happened before the commit; a rollback drops it whole.

import Logs
import SMTP

/// A claimed message, as this process remembers it until it is settled. While it does, the message is not claimed here
/// again, even where its lease has run out.
struct ClaimedMessage {
  let entity: String
  let lease: Lease
  /// Those still waiting.
  let recipients: [Address]
  let attempts: Int
  let bodyName: String?
  let hasAttempts: Bool
  /// Attempts to forget, or recipients that failed earlier: settling takes more than a removal.
  let hasPast: Bool
  let origin: MessageOrigin
  /// As the record says, to count by: a person may change it meanwhile.
  var standing: Standing
}

struct BatchResult {
  typealias Claimed = (message: SpooledMessage, claim: ClaimedMessage)

  /// Callers to be told that their message is stored.
  var accepted: [(continuation: AcceptContinuation, id: MessageID)] = []
  var changes: [@Sendable () -> Void] = []
  /// Messages of Letterhead's own that were accepted, which no client's session tells.
  var ownMail: [LoggedFields] = []
  /// To be handed over.
  var claimed: [Claimed] = []
  /// Claimed no more.
  var ended: [MessageID] = []
  /// Settled by an owner whose lease another has taken: nothing was changed.
  var lostLeases: [MessageID] = []
  /// Bodies no record names any more.
  var removedBodies: [String] = []
  /// Bodies a record names from now on.
  var keptBodies: [any SpoolBody] = []
  var deltas: [String: CounterDelta] = [:]
  /// How records stand that a person has changed, claimed or not.
  var standings: [MessageID: Standing] = [:]
  /// A person has changed due times, or has brought back what is older than the oldest: both are to be looked up.
  var needsCensus = false
  var beginsReleasing: Set<String> = []
  var endsReleasing: Set<String> = []
  /// The next portions of what this batch has begun.
  var followUps: [WriterRequest] = []
  /// How many rows of the history were deleted; `nil`: it was not looked at.
  var prunedHistory: Int?
}

/// How one entity's counters change.
struct CounterDelta {
  var queued = 0
  var held = 0
  var deferred = 0
  var unknown = 0
  var filing = 0
  var failed = 0
  var damaged = 0
  var lastFailedAt: Timestamp?
  var totals = Counts.Totals()
  var lastDeliveredAt: Timestamp?
  /// The first message that came.
  var first: (id: MessageID, receivedAt: Timestamp)?
  /// The lowest id of those that are queued no more.
  var firstDeparted: MessageID?
  /// The earliest due time of a message that was left unclaimed.
  var due: Timestamp?
  /// All due times were looked at: this is the earliest there is.
  var knownDue: Timestamp??

  mutating func accept(_ id: MessageID, at time: Timestamp, isHeld: Bool, isClaimed: Bool) {
    queued += 1
    if isHeld { held += 1 }
    totals.accepted += 1
    if first == nil { first = (id, time) }
    if !isHeld, !isClaimed { leaveUnclaimed(until: time) }
  }

  /// A message that was accepted under another entity is this one's from now on.
  mutating func takeOver(_ record: MessageRecord) {
    totals.accepted += 1
    if record.state == .failed { totals.failed += 1 }
    move(record.id, from: nil, to: record.standing)
    if record.standing.isQueued, first.map({ record.id < $0.id }) ?? true { first = (record.id, record.receivedAt) }
    if record.state == .waiting { leaveUnclaimed(until: record.due) }
  }

  /// The other half of `takeOver`.
  mutating func giveUp(_ record: MessageRecord) {
    totals.accepted -= 1
    if record.state == .failed { totals.failed -= 1 }
    move(record.id, from: record.standing, to: nil)
  }

  /// - Parameter wasStored: a person may have deleted it meanwhile.
  mutating func deliver(_ id: MessageID, standing: Standing, at time: Timestamp, wasStored: Bool) {
    totals.delivered += 1
    lastDeliveredAt = time
    if wasStored { move(id, from: standing, to: nil) }
  }

  mutating func leaveUnclaimed(until due: Timestamp) { self.due = min(self.due ?? due, due) }

  /// A message changes from one standing to another; `nil` is one that is gone.
  mutating func move(_ id: MessageID, from old: Standing?, to new: Standing?) {
    if let old { count(old, -1) }
    if let new { count(new, +1) }
    if old?.isQueued == true, new?.isQueued != true { firstDeparted = min(firstDeparted ?? id, id) }
  }

  private mutating func count(_ standing: Standing, _ step: Int) {
    switch standing {
    case .waiting(let isDeferred):
      queued += step
      if isDeferred { deferred += step }
    case .held:
      queued += step
      held += step
    case .unknown:
      queued += step
      unknown += step
    case .filing: filing += step
    case .failed: failed += step
    case .damaged: damaged += step
    }
  }
}
