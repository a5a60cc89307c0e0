// Why the state was not copied, or a copy was not taken for one.

package import Platform

package enum StateCopyError: Error, Equatable, Sendable {
  case directory(StateDirectoryError)
  /// A database cannot be read or written; `reason` is in SQLite's words.
  case database(path: String, reason: String)
  /// The copy needs more octets than are free above `queue_min_free`.
  case noRoom(path: String, needed: Int64, free: Int64)
  /// A database in a backup that is damaged; `reason` is in SQLite's words.
  case damaged(file: String, reason: String)
  /// A database in a backup that has `what`: it is sound, and not as a relay leaves it.
  case strange(file: String, what: String)
  /// The copy of the queue names bodies that are not beside it.
  case bodiesMissing(count: Int)
}

extension StateCopyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .directory(let error): error.description
    case .database(let path, let reason):
      "\(path) cannot be copied: \(reason)."
    case .noRoom(let path, let needed, let free):
      "The copy of the databases needs \(needed >> 20) MB in \(path) for a moment, and \(max(0, free) >> 20) MB are free above "
        + "queue_min_free. Free some space, and try again."
    case .damaged(let file, let reason):
      "The \(file) in this backup is damaged, so nothing was restored: \(reason). Use another backup."
    case .strange(let file, let what):
      "The \(file) in this backup has \(what), and a relay's never has: the backup was changed, or its database is "
        + "damaged. Nothing was restored. Use another backup."
    case .bodiesMissing(let count):
      "The queue of this backup names "
        + "\("large message that is".counted(count, plural: "large messages that are")) not in it, so it is not whole. Use "
        + "another backup."
    }
  }
}
