// The copy of a spool's database, beside the one that it was made of: which bodies it names, and which of its messages have
// left the spool since.

import GRDB
import Glibc
import Platform
import Spool

struct SpoolCopy {
  let path: String
  /// The database that a relay may be working on.
  let origin: String

  /// Links each body that the copy names.
  ///
  /// A body that is not there any more was delivered since, or deleted by a person: its message is taken out of the copy, as
  /// the spool itself has done by then.
  /// - Returns: the names of the bodies that are linked.
  func linkBodies(from bodies: String, to folder: String) throws(StateCopyError) -> [String] {
    var linked: [String] = []
    var missing: [Int64] = []
    for (id, name) in try namedBodies() {
      if link("\(bodies)/\(name)", "\(folder)/\(name)") == 0 {
        linked.append(name)
      } else if errno == ENOENT {
        missing.append(id)
      } else {
        throw .directory(StateDirectoryError(SystemError(), at: "\(bodies)/\(name)"))
      }
    }
    try remove(try gone(of: missing))
    return linked
  }

  func counts() throws(StateCopyError) -> (queued: Int, failed: Int) {
    try within(path, .reading) { db in
      let queued = "SELECT count(*) FROM message WHERE state IN (\(SpoolSchema.State.queued))"
      let failed = "SELECT count(*) FROM message WHERE state = \(SpoolSchema.State.failed)"
      return (try Int.fetchOne(db, sql: queued) ?? 0, try Int.fetchOne(db, sql: failed) ?? 0)
    }
  }

  /// Other names than bodies have are damage, and lead to nothing.
  func namedBodies() throws(StateCopyError) -> [(id: Int64, name: String)] {
    try within(path, .reading) { db in
      try Row.fetchAll(db, sql: "SELECT id, CAST(file AS TEXT) FROM message WHERE file IS NOT NULL")
        .map { (id: $0[0], name: $0[1]) }.filter { BodyName.isSound($0.name) }
    }
  }

  /// - Returns: those that the spool itself has no more.
  private func gone(of ids: [Int64]) throws(StateCopyError) -> [Int64] {
    if ids.isEmpty { return [] }
    return try within(origin, .reading) { db in
      try ids.filter { try Int.fetchOne(db, sql: "SELECT 1 FROM message WHERE id = ?", arguments: [$0]) == nil }
    }
  }

  private func remove(_ ids: [Int64]) throws(StateCopyError) {
    if ids.isEmpty { return }
    try within(path, .writing) { db in
      try db.inTransaction {
        for id in ids {
          for (table, column) in [("message", "id"), ("body", "id"), ("attempt", "message")] {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(column) = ?", arguments: [id])
          }
        }
        return .commit
      }
    }
  }
}

/// Opens a database for as long as `body` works on it.
func within<Result>(
  _ path: String, _ configuration: Configuration, _ body: (Database) throws -> Result
) throws(StateCopyError) -> Result {
  do {
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let result = try queue.writeWithoutTransaction { try body($0) }
    try queue.close()
    return result
  } catch {
    throw StateCopyError(error, at: path)
  }
}

extension Configuration {
  /// Beside a relay that works on the database.
  static var reading: Configuration {
    var configuration = writing
    configuration.readonly = true
    return configuration
  }

  /// On a copy that nobody else has.
  static var writing: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
    return configuration
  }
}

extension StateCopyError {
  init(_ error: any Error, at path: String) {
    switch error {
    case let error as StateCopyError: self = error
    case let error as SystemError: self = .directory(StateDirectoryError(error, at: path))
    // Never the error's own description: it may quote arguments.
    case let error as DatabaseError: self = .database(path: path, reason: error.message ?? "\(error.resultCode)")
    default: self = .database(path: path, reason: "a row of it is damaged")
    }
  }
}
