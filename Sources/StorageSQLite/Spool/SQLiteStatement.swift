// A prepared statement on SQLite's C API. The few statements that run once a message are these: GRDB's own checks
// arguments, consults its observers and boxes every value, which costs more than the statement itself. Opening,
// configuration, schema and everything people ask for stay with GRDB.

import GRDBSQLite
import Spool

/// Belongs to one connection and one thread.
final class SQLiteStatement {
  private let connection: OpaquePointer
  private var handle: OpaquePointer?

  init(_ connection: OpaquePointer, _ sql: String) throws(EngineFailure) {
    self.connection = connection
    // Persistent: SQLite then takes its memory from the heap and leaves the lookaside to short-lived ones.
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK else { throw EngineFailure(on: connection) }
  }

  deinit { finalize() }

  /// Must come before the connection closes.
  func finalize() {
    sqlite3_finalize(handle)
    handle = nil
  }

  @discardableResult
  func bind(_ values: Int64...) -> SQLiteStatement {
    for (index, value) in values.enumerated() { sqlite3_bind_int64(handle, Int32(index + 1), value) }
    return self
  }

  func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

  /// SQLite keeps a copy.
  func bind(_ bytes: [UInt8], at index: Int32) {
    // An empty blob is not NULL: the pointer must not be.
    guard !bytes.isEmpty else { return _ = sqlite3_bind_zeroblob(handle, index, 0) }
    bytes.withUnsafeBytes { bytes in
      _ = sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copied)
    }
  }

  func bind(_ text: String?, at index: Int32) {
    guard let text else { return _ = sqlite3_bind_null(handle, index) }
    sqlite3_bind_text(handle, index, text, -1, Self.copied)
  }

  /// Binds the columns of the row that `other` is at, of whatever type they are.
  func bindRow(of other: SQLiteStatement, columns: Int32) {
    for column in 0..<columns { sqlite3_bind_value(handle, column + 1, sqlite3_column_value(other.handle, column)) }
  }

  /// Runs with `bytes` bound at `index` and not copied: for bodies.
  func run(binding bytes: [UInt8], at index: Int32) throws(EngineFailure) {
    guard !bytes.isEmpty else {
      sqlite3_bind_zeroblob(handle, index, 0)
      return try run()
    }
    try bytes.withUnsafeBufferPointer { (bytes) throws(EngineFailure) in
      sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
      defer { sqlite3_bind_null(handle, index) }
      try run()
    }
  }

  /// To the end, rows ignored.
  func run() throws(EngineFailure) {
    while try next() {}
  }

  /// - Returns: whether there is a row to read. After the last one the statement is ready to be bound again.
  func next() throws(EngineFailure) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else {
      let failure = EngineFailure(on: connection)
      sqlite3_reset(handle)
      throw failure
    }
    sqlite3_reset(handle)
    return false
  }

  /// Leaves the remaining rows.
  func reset() { sqlite3_reset(handle) }

  /// All rows, each read by `body`.
  func all<Element>(_ body: (SQLiteStatement) -> Element) throws(EngineFailure) -> [Element] {
    var rows: [Element] = []
    while try next() { rows.append(body(self)) }
    return rows
  }

  /// The first row only.
  func first<Element>(_ body: (SQLiteStatement) -> Element) throws(EngineFailure) -> Element? {
    guard try next() else { return nil }
    defer { reset() }
    return body(self)
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  /// A time, a size or a count: none is negative, and of what a damaged row says so much is left that no sum overflows,
  /// some 8900 years or 280 TB.
  func quantity(_ column: Int32) -> Int64 { min(max(integer(column), 0), Self.most) }
  private static let most = Int64(1) << 48

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func bytes(_ column: Int32) -> [UInt8] {
    let count = Int(sqlite3_column_bytes(handle, column))
    guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  func text(_ column: Int32) -> String? {
    sqlite3_column_text(handle, column).map { String(cString: $0) }
  }

  /// SQLITE_TRANSIENT, which is a cast in C.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
