// The SQLite file of the saved connections: opening it safely, its schema, and the way to work on it.

import GRDB
import Glibc
import Mailboxes
import Platform

/// WAL, so that the command line and the relay do not wait for each other; FULL, so that what was stored stays stored.
final class MailboxDatabase: Sendable {
  let path: String
  private let queue: DatabaseQueue

  init(in directory: StateDirectory) throws(StoreError) {
    path = directory.file("mailboxes.sqlite")
    // SQLite gives its -wal and -shm the mode and owner it finds on the file.
    try inStateDirectory { () throws(StateDirectoryError) in try directory.prepare("mailboxes.sqlite") }
    do {
      queue = try Self.open(path)
    } catch {
      throw Self.storeError(error, path: path)
    }
    try prepareSchema()
  }

  /// SQLite does not wait for others, whatever the busy timeout, while it changes a new file to WAL (it could wait for
  /// ever). Processes that open a new directory at the same time meet there, so this waits in its place.
  private static func open(_ path: String) throws -> DatabaseQueue {
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try DatabaseQueue(path: path, configuration: configuration)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
        usleep(10_000)
      }
    }
  }

  /// Runs `work` on the database's own queue, in order of the calls, and to its end even when the caller is cancelled.
  func perform<Result: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    let result: Swift.Result<Result, any Error> = await withCheckedContinuation { continuation in
      queue.asyncWriteWithoutTransaction { database in
        continuation.resume(returning: Swift.Result { try work(database) })
      }
    }
    return try unwrap(result)
  }

  /// ``perform(_:)`` where all that `work` reads is of one moment.
  func read<Result: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    try await perform { database in
      try database.transaction(.deferred) { try work(database) }
    }
  }

  /// ``perform(_:)`` in one transaction, on disk when it returns. Takes the write lock at once: two processes that read
  /// first and write later would refuse each other.
  func change<Result: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    try await perform { database in
      try database.transaction(.immediate) { try work(database) }
    }
  }

  private func prepareSchema() throws(StoreError) {
    let result = Result<Int?, any Error> {
      try queue.writeWithoutTransaction { database in
        try database.transaction(.immediate) {
          let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
          guard version <= MailboxSchema.migrations.count else { return version }
          for migration in MailboxSchema.migrations.dropFirst(version) { try database.execute(sql: migration) }
          try database.execute(sql: "PRAGMA user_version = \(MailboxSchema.migrations.count)")
          return nil
        }
      }
    }
    if let newer = try unwrap(result) { throw .newerSchema(path: path, version: newer) }
  }

  private func unwrap<Value>(_ result: Result<Value, any Error>) throws(StoreError) -> Value {
    switch result {
    case .success(let value): return value
    case .failure(let error): throw Self.storeError(error, path: path)
    }
  }

  private static func storeError(_ error: any Error, path: String) -> StoreError {
    switch error {
    case let error as StoreError: error
    case let error as DatabaseError where error.resultCode == .SQLITE_BUSY: .busy(path: path)
    // Never the error's own description: it may quote arguments.
    case let error as DatabaseError: .unusable(path: path, reason: error.message ?? "\(error.resultCode)")
    default: .unusable(path: path, reason: "a row of it is damaged")
    }
  }
}

extension Database {
  fileprivate func transaction<Result>(
    _ kind: TransactionKind, _ work: () throws -> Result
  ) throws -> Result {
    var result: Result?
    try inTransaction(kind) {
      result = try work()
      return .commit
    }
    guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
    return result
  }
}

private var configuration: Configuration {
  var configuration = Configuration()
  configuration.label = "mailboxes"
  configuration.busyMode = .timeout(5)
  configuration.prepareDatabase { database in
    try database.execute(
      sql: """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        PRAGMA foreign_keys = ON;
        PRAGMA trusted_schema = OFF;
        """)
  }
  return configuration
}
