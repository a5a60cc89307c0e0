// All mail of one entity is kept back by a person: what waits, and what is still to come.

package import Foundation

/// Stands until somebody ends it, over restarts and over what is connected to the entity meanwhile.
package struct EntityHold: Sendable, Equatable {
  /// The entity's key.
  package var entity: String
  package var since: Date
  package var by: Requester

  package init(entity: String, since: Date, by: Requester) {
    self.entity = entity
    self.since = since
    self.by = by
  }
}

extension EntityHold: CustomStringConvertible {
  /// What is so, and the command that ends it.
  package var description: String {
    "All mail of \(entity) is held since \(since.formatted(.iso8601)), by \(by.name). To let it go, run: letterhead queue "
      + "release --entity \(entity)"
  }
}
