// The spool's engine over one SQLite file. What it does for messages is in its extensions.

import Logging
import Logs
import Platform
import Spool

/// Belongs to the spool's writer thread, which makes it.
final class SQLiteSpoolEngine: SpoolEngine {
  struct Settings: Sendable {
    let path: String
    /// Held by the process that accepts and claims; `nil` in tests.
    let lock: OwnerLock?
    /// What is free on the disk; `nil` where nobody knows.
    let freeOctets: @Sendable () -> Int64?
    /// Where room is kept for a full disk; `nil`: nowhere.
    var ballastDirectory: StateDirectory?
    let log: Logger
  }

  let owner = SpoolSchema.drawOwner()
  private let settings: Settings
  /// `nil` between `abandon` and `reopen`.
  private var connection: SpoolConnection?
  var entities = EntityNumbers()
  /// Up to which number the rows of the history were last looked through.
  var prunedHistory: Int64 = 0
  private(set) var nextID: Int64 = 1
  /// Where the transaction under way began.
  private var firstID: Int64 = 1
  /// The ids of a transaction that may be on disk though its commit failed.
  private var doubtfulIDs: Range<Int64>?
  /// As of which commit ids and entities are known.
  private var versionKnown: UInt32 = 0
  /// As of which commit of another process everything was counted.
  private var versionCounted: Int64 = 0
  private var gauge = DiskGauge()
  private let checkpoints: LogCheckpoints
  private let ballast: DiskBallast?
  private var salvages = 0
  /// A disk that damages whatever is written to it must not be filled with copies.
  private static let mostSalvages = 3

  /// - Parameter wake: asks the writer thread to call `maintain` soon, from any thread.
  init(_ settings: Settings, wake: @escaping @Sendable () -> Void) throws(EngineFailure) {
    self.settings = settings
    ballast = settings.ballastDirectory.flatMap { DiskBallast(in: $0, freeOctets: settings.freeOctets()) }
    checkpoints = LogCheckpoints(path: settings.path, log: settings.log, wake: wake)
    try open()
  }

  private func open() throws(EngineFailure) {
    connection = try SpoolConnection(path: settings.path)
    try readIDs()
  }

  /// The connection, where there is one.
  func connected() throws(EngineFailure) -> SpoolConnection {
    guard let connection else { throw .refused(.closed) }
    return connection
  }

  var statements: SpoolStatements { get throws(EngineFailure) { try connected().statements } }

  func takeID() -> MessageID {
    defer { nextID += 1 }
    return MessageID(rawValue: nextID)
  }

  // MARK: Transactions

  func begin(isDurable: Bool) throws(EngineFailure) {
    let connection = try connected()
    try connection.syncCommits(isDurable)
    try connection.begin()
    if connection.pagerVersion != versionKnown { try readIDs() }
    firstID = nextID
  }

  func commit() throws(EngineFailure) {
    let connection = try connected()
    do throws(EngineFailure) { try connection.commit() } catch {
      if case .broken = error { doubtfulIDs = firstID..<nextID }
      throw error
    }
    versionKnown = connection.pagerVersion
    entities.keepNew()
  }

  func rollback() {
    connection?.rollback()
    entities.forgetNew()
  }

  func sync() throws(EngineFailure) { try connected().sync() }

  /// Ids are never used twice, not even those of messages long gone.
  private func readIDs() throws(EngineFailure) {
    let connection = try connected()
    nextID = max(nextID, (try connection.prepare(SQL.lastID).first { $0.integer(0) } ?? 0) + 1)
    entities = EntityNumbers(
      try connection.prepare(SQL.entities).all { (number: $0.integer(0), name: $0.text(1) ?? "") })
    versionKnown = connection.pagerVersion
  }

  // MARK: The storage

  func changedByOthers() throws(EngineFailure) -> Bool { try connected().dataVersion() != versionCounted }

  /// Before the counting: a change in between is then counted twice rather than never.
  func noteCounting() throws(EngineFailure) { versionCounted = try connected().dataVersion() }

  func allowance(keeping reserve: Int64) -> BatchAllowance {
    guard let connection else { return BatchAllowance() }
    defer { ballast?.follow(isDiskTight: gauge.isTight, freeOctets: settings.freeOctets) }
    return gauge.allowance(
      of: connection, unmovedFrames: checkpoints.unmovedFrames(of: connection), keeping: reserve,
      freeOctets: settings.freeOctets)
  }

  func maintain() {
    guard let connection else { return }
    checkpoints.keepLogShort(of: connection, isDiskTight: gauge.isTight)
  }

  func abandon() {
    checkpoints.forget()
    try? connection?.close()
    connection = nil
  }

  func salvage() throws(EngineFailure) {
    guard salvages < Self.mostSalvages else {
      throw .broken(.corrupt("it was mended \(salvages) times, and is damaged again; look at the disk"))
    }
    salvages += 1
    let salvage = SpoolSalvage(path: settings.path)
    let count = try salvage.run(freeOctets: settings.freeOctets())
    settings.log.tell(.queueSalvaged, [.messages: "\(count)", .file: salvage.keptPath])
  }

  /// What the last transaction left in the log was never promised: it is moved into the database file, whose pages are
  /// then written and synced afresh, and taken out again. Only an empty log is one whose every page we know to be on disk.
  func reopen() throws(EngineFailure) {
    try open()
    let connection = try connected()
    guard try connection.checkpoint(truncating: true) == 0 else {
      throw .refused(.unwritable("the log is in use"))
    }
    if let doubtfulIDs { try connection.delete(doubtfulIDs) }
    doubtfulIDs = nil
  }

  func close() throws(EngineFailure) {
    defer { settings.lock?.release() }
    checkpoints.forget()
    guard let connection else { return }
    self.connection = nil
    do throws(EngineFailure) { _ = try connection.checkpoint() } catch {
      try? connection.close()
      throw error
    }
    try connection.close()
  }
}

extension SpoolConnection {
  fileprivate func delete(_ ids: Range<Int64>) throws(EngineFailure) {
    try begin()
    do throws(EngineFailure) {
      for (table, column) in [("message", "id"), ("body", "id"), ("attempt", "message")] {
        try prepare("DELETE FROM \(table) WHERE \(column) >= ?1 AND \(column) < ?2").bind(
          ids.lowerBound, ids.upperBound
        )
        .run()
      }
      try commit()
    } catch {
      rollback()
      throw error
    }
  }
}

/// Entities have short names in the rows.
struct EntityNumbers {
  private var numbers: [String: Int64] = [:]
  private var names: [Int64: String] = [:]
  /// Given in a transaction that is not committed yet.
  private var new: [String] = []

  init(_ stored: [(number: Int64, name: String)] = []) {
    for (number, name) in stored { (numbers[name], names[number]) = (number, name) }
  }

  subscript(name: String) -> Int64? { numbers[name] }

  func name(of number: Int64) -> String { names[number] ?? "" }

  mutating func add(_ name: String) -> Int64 {
    let number = (names.keys.lazy.filter { $0 < SpoolSchema.endOfNumbers }.max() ?? 0) + 1
    (numbers[name], names[number]) = (number, name)
    new.append(name)
    return number
  }

  mutating func keepNew() { new = [] }

  mutating func forgetNew() {
    for name in new {
      if let number = numbers.removeValue(forKey: name) { names[number] = nil }
    }
    new = []
  }
}
