// A body too large for a row: a file of its own, written and read in pieces so that it never stands in memory whole.

import Glibc
import Message
import Synchronization
import Platform

/// A large body in a file, lines and dots as in `MessageContent`.
///
/// Until a record names it, the file is deleted when the last copy of this value is released.
struct BodyFile: SpoolBody {
  static let pieceOctets = 64 << 10

  let path: String
  let octetCount: Int
  let claim: BodyClaim
  let workers: WorkerPool

  var name: String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }

  func keep() { claim.keep() }

  /// Reads the body in pieces of 64 KiB.
  func reader() -> any StoredBodyReader { BodyFileReader(self) }
}

final class BodyFileReader: StoredBodyReader {
  private let body: BodyFile
  private let file = Mutex<OpenBodyFile?>(nil)

  init(_ body: BodyFile) { self.body = body }

  func next() async throws -> [UInt8]? {
    try await body.workers.run { [self] () throws(SpoolError) in
      try file.withLock { (file) throws(SpoolError) in
        if file == nil { file = try OpenBodyFile(reading: body.path) }
        return try file?.next(of: body.octetCount)
      }
    }
  }
}

final class BodyFileWriter: BodyWriter {
  private let workers: WorkerPool
  private let claim: BodyClaim
  private let file: Mutex<OpenBodyFile>

  init(path: String, below limit: Int32, workers: WorkerPool) throws(SpoolError) {
    self.workers = workers
    file = Mutex(try OpenBodyFile(creating: path, below: limit))
    claim = BodyClaim(path: path, isKept: false)
  }

  func append(_ piece: [UInt8]) async throws(SpoolError) {
    try await workers.run { [self] () throws(SpoolError) in
      try file.withLock { (file) throws(SpoolError) in try file.append(piece) }
    }
  }

  func finish() async throws(SpoolError) -> any SpoolBody {
    try await workers.run { [self] () throws(SpoolError) in
      let count = try file.withLock { (file) throws(SpoolError) in try file.synchronize() }
      return BodyFile(path: claim.path, octetCount: count, claim: claim, workers: workers)
    }
  }

  func discard() { claim.discard() }
}

/// Whether a record names the file. Shared by the file's writer and all copies of `BodyFile`: when they are released and
/// no record was written, nobody can know of the file, and it is deleted.
final class BodyClaim: Sendable {
  let path: String
  private let isKept: Atomic<Bool>

  init(path: String, isKept: Bool) {
    self.path = path
    self.isKept = Atomic(isKept)
  }

  deinit { discard() }

  func keep() { isKept.store(true, ordering: .releasing) }

  func discard() {
    if !isKept.load(ordering: .acquiring) { unlink(path) }
  }
}
