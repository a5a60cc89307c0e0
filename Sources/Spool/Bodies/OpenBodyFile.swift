// The system calls on a body's file.

import Glibc
import Platform

/// An open body and how far it has been read or written.
struct OpenBodyFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: String
  private var count = 0
  private var failed: SpoolError?

  init(reading path: String) throws(SpoolError) {
    descriptor = try Self.open(path, O_RDONLY | O_NOFOLLOW)
    self.path = path
  }

  /// - Parameter limit: descriptors from this number on are reserved for others.
  init(creating path: String, below limit: Int32) throws(SpoolError) {
    let opened = try Self.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    guard opened.number < limit else {
      unlink(path)
      throw Self.failure(SystemError(EMFILE), path)
    }
    descriptor = opened
    self.path = path
  }

  private static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SpoolError) -> Descriptor {
    do throws(SystemError) { return try .open(path, flags, mode: mode) } catch { throw failure(error, path) }
  }

  mutating func append(_ piece: [UInt8]) throws(SpoolError) {
    if let failed { throw failed }
    do throws(SystemError) { try descriptor.write(piece) } catch { throw fail(error) }
    count += piece.count
  }

  /// - Returns: octets in the file, which is on disk under its name.
  mutating func synchronize() throws(SpoolError) -> Int {
    if let failed { throw failed }
    do throws(SystemError) {
      guard fdatasync(descriptor.number) == 0 else { throw SystemError() }
      try AtomicFile.synchronizeDirectory(of: path)
    } catch {
      throw fail(error)
    }
    return count
  }

  /// - Returns: `nil` at the end, which is an error before `total` octets have come.
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
