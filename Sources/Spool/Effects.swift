// What a batch will mean once it is on disk. Nothing here has happened before the commit; a rollback drops it whole.

import FoundationEssentials
import SMTP

/// A claimed message, as this process remembers it until it is settled: nothing in flight is claimed twice.
struct Flight {
  let entity: Int
  /// Those still waiting.
  let recipients: [Address]
  let attempts: Int
  let file: String?
  /// Rows in `attempt`, or recipients that failed earlier: settling takes more than a delete.
  let hasPast: Bool
  /// As the row says, to count by.
  var isDeferred: Bool
  var isHeld = false
}

/// How one entity's counters change.
struct Movement {
  var queued = 0
  var held = 0
  var deferred = 0
  var failed = 0
  var totals = Counts.Totals()
  var lastDeliveredAt: Int64 = 0
  var lastID: Int64 = 0
  /// The first message that came.
  var first: (id: Int64, received: Int64)?
  /// The earliest due time of a message that was left unclaimed.
  var due: Int64?
  /// All due times were looked at: this is the earliest there is.
  var knownDue: Int64??

  var touchesTotals: Bool { totals != Counts.Totals() || lastID > 0 }

  mutating func leaves(unclaimedUntil due: Int64) { self.due = min(self.due ?? due, due) }
}

struct Effects {
  typealias Answer = (continuation: CheckedContinuation<Result<MessageID, SpoolError>, Never>, id: MessageID)

  var answers: [Answer] = []
  var changes: [Change] = []
  /// Claimed: to be handed over.
  var landed: [(message: SpooledMessage, flight: Flight)] = []
  var ended: [Int64] = []
  /// Bodies no row names any more.
  var files: [String] = []
  /// Bodies a row names from now on.
  var kept: [BodyClaim] = []
  var newEntities: [String] = []
  var movements: [Int: Movement] = [:]
  /// What is left of each open window.
  var rooms: [String: Room]

  struct Room {
    var messages: Int
    var octets: Int
    var wantsMore: Bool
  }

  init(rooms: [String: Room]) { self.rooms = rooms }

  /// - Returns: whether the window of `entity` is open and takes `octets` more.
  mutating func reserve(_ octets: Int, for entity: String) -> Bool {
    guard let room = rooms[entity], room.messages > 0, room.octets >= octets else { return false }
    rooms[entity]?.messages -= 1
    rooms[entity]?.octets -= octets
    return true
  }
}
