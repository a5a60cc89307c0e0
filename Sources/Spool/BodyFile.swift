// A body too large for a row: a file of its own in `state_dir/bodies`, written and read in pieces so that it never
// stands in memory whole.

import Glibc
package import Message
import Synchronization

/// A large body on disk, lines and dots as in `MessageContent`.
///
/// Until its message is accepted the file goes when the last copy of this value goes.
package struct BodyFile: StoredBody {
  package static let pieceOctets = 64 << 10

  package let path: String
  package let octetCount: Int
  let claim: BodyClaim
  private let workers: Workers

  init(path: String, octetCount: Int, claim: BodyClaim, workers: Workers) {
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
    private let workers: Workers
    private let open = Mutex<OpenFile?>(nil)

    init(_ file: BodyFile, _ workers: Workers) {
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
    private let workers: Workers
    private let claim: BodyClaim
    private let file: Mutex<OpenFile>

    init(path: String, below limit: Int32, workers: Workers) throws(SpoolError) {
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

/// A descriptor and how far it has come; closed once, when let go.
private struct OpenFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private var count = 0
  private var failed: SpoolError?

  init(reading path: String) throws(SpoolError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  /// - Parameter limit: the descriptors from this number on are others'.
  init(creating path: String, below limit: Int32) throws(SpoolError) {
    let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw Self.failure(path) }
    guard number < limit else {
      close(number)
      unlink(path)
      throw .unwritable("\(path): \(String(cString: strerror(EMFILE)))")
    }
    self.path = path
    descriptor = number
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  mutating func append(_ piece: [UInt8]) throws(SpoolError) {
    if let failed { throw failed }
    var rest = piece[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written >= 0 || errno == EINTR else { throw fail() }
      rest = rest.dropFirst(max(written, 0))
    }
    count += piece.count
  }

  /// - Returns: octets in the file, which is on disk under its name.
  mutating func sync() throws(SpoolError) -> Int {
    if let failed { throw failed }
    guard fdatasync(descriptor) == 0 else { throw fail() }
    let directory = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_DIRECTORY)
    guard directory >= 0 else { throw fail() }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw fail() }
    return count
  }

  mutating func next(of total: Int) throws(SpoolError) -> [UInt8]? {
    guard count < total else { return nil }
    var failure: SpoolError?
    let piece = [UInt8](unsafeUninitializedCapacity: min(BodyFile.pieceOctets, total - count)) { buffer, filled in
      while filled < buffer.count {
        let got = read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
        if got > 0 {
          filled += got
        } else if got == 0 {
          failure = .unwritable("\(path): ends too early")
          return
        } else if errno != EINTR {
          failure = Self.failure(path)
          return
        }
      }
    }
    if let failure { throw failure }
    count += piece.count
    return piece
  }

  /// Once refused, always refused: an fsync after a failed one says yes to pages that are gone.
  private mutating func fail() -> SpoolError {
    let failure = Self.failure(path)
    failed = failure
    return failure
  }

  private static func failure(_ path: String) -> SpoolError {
    errno == ENOSPC || errno == EDQUOT ? .full : .unwritable(StateDirectory.reason(path))
  }
}
