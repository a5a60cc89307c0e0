// A prepared statement on SQLite's C API. The few statements that run once a message are these: GRDB's own checks
// arguments, consults its observers and boxes every value, which costs more than the statement itself. Opening,
// configuration, schema and everything people ask for stay with GRDB.

import GRDB
import GRDBSQLite

/// What SQLite said, before anybody has decided what it means.
struct StoreFailure: Error {
  let code: Int32
  let message: String
  private var known: SpoolError?

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// Where the reason is known before SQLite was asked.
  init(_ error: SpoolError) {
    let message = if case .unwritable(let reason) = error { reason } else { "\(error)" }
    self.init(code: error == .full ? SQLITE_FULL : SQLITE_BUSY, message: message)
    known = error
  }

  /// Of GRDB's.
  init(_ error: any Error) {
    let error = error as? DatabaseError
    self.init(
      code: error?.extendedResultCode.rawValue ?? SQLITE_ERROR, message: error?.message ?? "the statement failed")
  }

  init(on connection: OpaquePointer?) {
    self.init(code: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
  }

  private var primary: Int32 { code & 0xff }

  /// After these nothing may be promised before the connection has been opened anew: what was last written may be on
  /// disk or not, and a second fsync would say yes to pages the kernel has given up.
  var breaksConnection: Bool { [SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN].contains(primary) }

  /// A visitor has been writing for longer than we wait: it would hold up each piece as it held up all.
  var isContention: Bool { primary == SQLITE_BUSY }

  /// The disk or a neighbour refuses; the work itself is sound and can be tried again.
  var isAboutTheDisk: Bool {
    breaksConnection
      || [SQLITE_FULL, SQLITE_READONLY, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_PERM].contains(primary)
  }

  var spoolError: SpoolError {
    if let known { return known }
    return switch primary {
    case SQLITE_FULL: .full
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(message)
    default: .unwritable(message)
    }
  }
}

/// Belongs to one connection and one thread.
final class Statement {
  private let connection: OpaquePointer
  private var handle: OpaquePointer?

  init(_ connection: OpaquePointer, _ sql: String) throws(StoreFailure) {
    self.connection = connection
    // Persistent: SQLite then takes its memory from the heap and leaves the lookaside to short-lived ones.
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK else { throw StoreFailure(on: connection) }
  }

  deinit { finalize() }

  /// Must come before the connection closes.
  func finalize() {
    sqlite3_finalize(handle)
    handle = nil
  }

  @discardableResult
  func bind(_ values: Int64...) -> Statement {
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

  /// Runs with `bytes` bound at `index` and not copied: for bodies.
  func run(binding bytes: [UInt8], at index: Int32) throws(StoreFailure) {
    guard !bytes.isEmpty else {
      sqlite3_bind_zeroblob(handle, index, 0)
      return try run()
    }
    try bytes.withUnsafeBufferPointer { (bytes) throws(StoreFailure) in
      sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
      defer { sqlite3_bind_null(handle, index) }
      try run()
    }
  }

  /// To the end, rows ignored.
  func run() throws(StoreFailure) {
    while try next() {}
  }

  /// - Returns: whether there is a row to read. After the last one the statement is ready to be bound again.
  func next() throws(StoreFailure) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else {
      let failure = StoreFailure(on: connection)
      sqlite3_reset(handle)
      throw failure
    }
    sqlite3_reset(handle)
    return false
  }

  /// Leaves the remaining rows.
  func reset() { sqlite3_reset(handle) }

  /// All rows, each read by `body`.
  func all<Element>(_ body: (Statement) -> Element) throws(StoreFailure) -> [Element] {
    var rows: [Element] = []
    while try next() { rows.append(body(self)) }
    return rows
  }

  /// The first row only.
  func first<Element>(_ body: (Statement) -> Element) throws(StoreFailure) -> Element? {
    guard try next() else { return nil }
    defer { reset() }
    return body(self)
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
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
