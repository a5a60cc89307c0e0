// What SQLite's result codes mean to the spool's writer.

import GRDB
import GRDBSQLite
import Spool

extension EngineFailure {
  init(code: Int32, message: String) {
    switch code & 0xff {
    // What was last written may be on disk or not, and a second fsync would say yes to pages the kernel has given up.
    case SQLITE_IOERR, SQLITE_CANTOPEN: self = .broken(.unwritable(message))
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .broken(.corrupt(message))
    case SQLITE_BUSY: self = .contended(reason: message)
    case SQLITE_FULL: self = .refused(.full)
    case SQLITE_READONLY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_PERM: self = .refused(.unwritable(message))
    default: self = .rejected(reason: message)
    }
  }

  /// The last one on this connection.
  init(on connection: OpaquePointer?) {
    self.init(code: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
  }

  /// Of GRDB's.
  init(_ error: any Error) {
    switch error {
    case let error as EngineFailure: self = error
    // A spool of a later version, or a damaged row.
    case let error as SpoolError: self = .refused(error)
    default:
      let error = error as? DatabaseError
      self.init(
        code: error?.extendedResultCode.rawValue ?? SQLITE_ERROR, message: error?.message ?? "the statement failed")
    }
  }
}
