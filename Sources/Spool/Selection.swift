// Which messages a person's verb is about.

/// Which messages a command means.
package enum Selection: Sendable {
  case ids([MessageID])
  case all(entity: String?)
}

/// What came of an order about a selection.
package struct SelectionUpdate: Sendable, Equatable {
  /// So many messages were meant and there.
  package var count = 0
  /// Of those named by id, the ones that are gone or in a state that the order is not for, in the order named.
  package var unfit: [MessageID] = []
}
