// A body too large for a row: a file of its own in `state_dir/bodies`, written and read in pieces so that it never
// stands in memory whole.

import Glibc
package import Message
import Synchronization
import System

/// A large body on disk, lines and dots as in `MessageContent`.
///
/// Until its message is accepted the file goes when the last copy of this value goes.
package struct BodyFile: StoredBody {
  package static let pieceOctets = 64 << 10

  package let path: String
  package let octetCount: Int
  let claim: BodyClaim
  private let workers: WorkerPool

  init(path: String, octetCount: Int, claim: BodyClaim, workers: WorkerPool) {
    self.path = path
    self.octetCount = octetCount
    self.claim = claim
    self.workers = workers
  }

  /// The row's way of naming it.
  var name: String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }

  /// Reads the body in pieces of 64 KiB, from the beginning, on a thread of the spool's.
  package func reader() -> any StoredBodyReader { Reader(self, workers) }

  package final class Reader: StoredBodyReader {
    private let file: BodyFile
    private let workers: WorkerPool
    private let open = Mutex<OpenFile?>(nil)

    init(_ file: BodyFile, _ workers: WorkerPool) {
      self.file = file
      self.workers = workers
    }

    /// - Returns: `nil` at the end, which is an error before `octetCount` octets have come.
    package func next() async throws(SpoolError) -> [UInt8]? {
      try await workers.run { [self] () throws(SpoolError) in
        try open.withLock { (open) throws(SpoolError) in
          if open == nil { open = try OpenFile(reading: file.path) }
          return try open?.next(of: file.octetCount)
        }
      }
    }
  }

  package final class Writer: Sendable {
    private let workers: WorkerPool
    private let claim: BodyClaim
    private let file: Mutex<OpenFile>

    init(path: String, below limit: Int32, workers: WorkerPool) throws(SpoolError) {
      self.workers = workers
      file = Mutex(try OpenFile(creating: path, below: limit))
      claim = BodyClaim(path: path, isKept: false)
    }

    /// - Throws: `.full` or `.unwritable`: discard it and say 452.
    package func append(_ piece: [UInt8]) async throws(SpoolError) {
      try await workers.run { [self] () throws(SpoolError) in
        try file.withLock { (file) throws(SpoolError) in try file.append(piece) }
      }
    }

    /// The body is on disk, and its name in the directory, when this returns.
    package func finish() async throws(SpoolError) -> BodyFile {
      try await workers.run { [self] () throws(SpoolError) in
        let count = try file.withLock { (file) throws(SpoolError) in try file.sync() }
        return BodyFile(path: claim.path, octetCount: count, claim: claim, workers: workers)
      }
    }

    /// Removes what was written. Letting go of the writer and of its file does the same.
    package func discard() { claim.discard() }
  }
}

/// Whether a row names the file. Shared by its writer and all copies of the value: when they are gone and no row was
/// written, nobody can know of the file, and it goes.
final class BodyClaim: Sendable {
  let path: String
  private let isKept: Atomic<Bool>

  init(path: String, isKept: Bool) {
    self.path = path
    self.isKept = Atomic(isKept)
  }

  func keep() { isKept.store(true, ordering: .releasing) }

  func discard() {
    if !isKept.load(ordering: .acquiring) { unlink(path) }
  }

  deinit { discard() }
}

/// An open body and how far it has been read or written.
private struct OpenFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: String
  private var count = 0
  private var failed: SpoolError?

  init(reading path: String) throws(SpoolError) {
    descriptor = try Self.open(path, O_RDONLY)
    self.path = path
  }

  /// - Parameter limit: descriptors from this number on are reserved for others.
  init(creating path: String, below limit: Int32) throws(SpoolError) {
    descriptor = try Self.open(path, O_WRONLY | O_CREAT | O_EXCL, below: limit)
    self.path = path
  }

  private static func open(_ path: String, _ flags: Int32, below limit: Int32 = .max) throws(SpoolError) -> Descriptor {
    let descriptor: Descriptor
    do throws(SystemError) { descriptor = try .open(path, flags, mode: 0o600) } catch { throw failure(error, path) }
    if descriptor.number < limit { return descriptor }
    unlink(path)
    throw failure(SystemError(EMFILE), path)
  }

  mutating func append(_ piece: [UInt8]) throws(SpoolError) {
    if let failed { throw failed }
    do throws(SystemError) { try descriptor.write(piece) } catch { throw fail(error) }
    count += piece.count
  }

  /// - Returns: octets in the file, which is on disk under its name.
  mutating func sync() throws(SpoolError) -> Int {
    if let failed { throw failed }
    do throws(SystemError) {
      guard fdatasync(descriptor.number) == 0 else { throw SystemError() }
      try AtomicFile.synchronizeDirectory(of: path)
    } catch {
      throw fail(error)
    }
    return count
  }

  mutating func next(of total: Int) throws(SpoolError) -> [UInt8]? {
    guard count < total else { return nil }
    let expected = min(BodyFile.pieceOctets, total - count)
    let piece: [UInt8]
    do throws(SystemError) { piece = try descriptor.read(atMost: expected) } catch { throw Self.failure(error, path) }
    guard piece.count == expected else { throw .unwritable("\(path): ends too early") }
    count += piece.count
    return piece
  }

  /// Once refused, always refused: an fsync after a failed one succeeds although the pages are lost.
  private mutating func fail(_ error: SystemError) -> SpoolError {
    let failure = Self.failure(error, path)
    failed = failure
    return failure
  }

  private static func failure(_ error: SystemError, _ path: String) -> SpoolError {
    error.code == ENOSPC || error.code == EDQUOT ? .full : .unwritable("\(path): \(error)")
  }
}
