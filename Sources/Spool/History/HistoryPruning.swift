// When the writer looks for rows of the history that are too old or too many.

/// Once a minute; while there is more to delete, with each look at the storage.
struct HistoryPruning: Equatable {
  typealias Instant = ContinuousClock.Instant

  static let interval = Duration.seconds(60)

  private var next: Instant
  /// There may be rows to delete.
  private(set) var hasRows = true

  init(at now: Instant) { next = now }

  func isDue(at now: Instant) -> Bool { now >= next }

  mutating func note(pruned count: Int, at now: Instant) {
    hasRows = count > 0
    next = count < Batch.mostPruned ? now + Self.interval : now
  }
}
