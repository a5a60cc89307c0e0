// When the writer looks for rows of the history that are too old or too many.

/// Once a minute; while there is more to delete, with each look at the storage.
struct HistoryPruning: Equatable {
  typealias Instant = ContinuousClock.Instant

  static let interval = Duration.seconds(60)

  private var next: Instant
  /// There is room on the disk for rows, and they are written; only old ones are deleted.
  private var hasRoom = true
  /// There may be some. That there are none shows only where there is no room: then all are to be deleted.
  private var hasRows = true

  init(at now: Instant) { next = now }

  func isDue(at now: Instant) -> Bool { now >= next }

  /// Room for mail comes from the history first.
  var isWanted: Bool { hasRows && !hasRoom }

  mutating func note(hasRoom: Bool) {
    self.hasRoom = hasRoom
    hasRows = hasRows || hasRoom
  }

  mutating func note(pruned count: Int, at now: Instant) {
    hasRows = hasRoom || count > 0
    next = count < Batch.mostPruned ? now + Self.interval : now
  }
}
