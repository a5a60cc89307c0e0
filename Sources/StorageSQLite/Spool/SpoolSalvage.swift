// Mends a damaged database: everything that can be read moves into a new file, which takes the place of the old one.
// Mending in place would not do: SQLite also reads a damaged page when a sound row beside it is deleted.

import FoundationEssentials
import Glibc
import Platform
import Spool

/// Of one database that nobody has open.
struct SpoolSalvage {
  private let path: String
  /// What the damaged file is kept as, for whoever wants to get more out of it.
  let keptPath: String
  private var freshPath: String { path + ".fresh" }

  init(path: String, now: Date = Date()) {
    self.path = path
    keptPath = "\(path).damaged-\(Int(now.timeIntervalSince1970))"
  }

  /// - Parameter freeOctets: on the disk; `nil` where nobody knows.
  /// - Returns: how many messages cannot be read.
  func run(freeOctets: Int64?) throws(EngineFailure) -> Int {
    var found = stat()
    guard stat(path, &found) == 0 else { throw .broken(.unwritable("\(path): \(SystemError())")) }
    if let freeOctets, freeOctets < Int64(found.st_size) { throw .refused(.full) }
    remove(freshPath)
    let count = try copy()
    do throws(SystemError) { try replace(mode: found.st_mode & 0o700) } catch {
      throw .broken(.unwritable("\(path): \(error)"))
    }
    return count
  }

  private func copy() throws(EngineFailure) -> Int {
    let source = try SpoolConnection(path: path)
    // The log belongs to the old file and must not be found beside the new one.
    guard try source.checkpoint(truncating: true) == 0 else { throw .refused(.unwritable("the log is in use")) }
    let target = try SpoolConnection(path: freshPath)
    let count = try SalvagedRows(from: source, to: target).copy()
    guard try target.checkpoint(truncating: true) == 0 else { throw .refused(.unwritable("the log is in use")) }
    try target.close()
    try source.close()
    return count
  }

  /// The old file has two names until the new one takes the first of them: there is no moment without a queue.
  private func replace(mode: mode_t) throws(SystemError) {
    guard chmod(freshPath, mode) == 0, link(path, keptPath) == 0 || errno == EEXIST else { throw SystemError() }
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    guard rename(freshPath, path) == 0 else { throw SystemError() }
    try AtomicFile.synchronizeDirectory(of: path)
  }

  private func remove(_ database: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
  }
}
