// Which messages a person's verb is about.

/// Which messages a command means.
package enum Selection: Sendable {
  case ids([MessageID])
  case all(entity: String?)
}

/// What came of an order about a selection.
package struct SelectionUpdate: Sendable, Equatable {
  /// The messages that were meant and there.
  package var changed = IDRuns()
  /// Of those named by id, the ones that are gone or in a state that the order is not for, in the order named.
  package var unfit: [MessageID] = []

  package init(changed: [MessageID] = [], unfit: [MessageID] = []) {
    self.changed = IDRuns(changed)
    self.unfit = unfit
  }

  package var count: Int { changed.count }

  package mutating func add(_ other: SelectionUpdate) {
    changed.add(other.changed)
    unfit += other.unfit
  }

  /// Of a page, all that are not unfit were changed.
  mutating func add(_ page: [MessageID], unfit some: [MessageID], tellsUnfit: Bool) {
    let left = Set(some)
    changed.add(IDRuns(page.lazy.filter { !left.contains($0) }))
    if tellsUnfit { unfit += some }
  }
}
