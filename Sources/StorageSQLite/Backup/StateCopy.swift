// A consistent copy of the state while a relay works on it: each database as of one commit, and the bodies that the copy of
// the queue names. It is made in a folder of the state directory, because bodies are linked and not copied: a body that is
// delivered meanwhile loses its name in the spool, and keeps the one in the copy.

import GRDB
import Glibc
package import Platform

package struct StateCopy: Sendable {
  /// Whole path. Has `spool.sqlite`, `mailboxes.sqlite`, and `bodies`.
  package let folder: String
  package let spoolSchema: Int
  package let connectionsSchema: Int
  /// Messages that wait or are held.
  package let queued: Int
  package let failed: Int
  /// The names of the files in `bodies`.
  package let bodies: [String]
}

extension SQLiteStorage {
  /// Copies the state into a folder inside of `directory`, which must not be there yet. Writes nothing else, and keeps nobody
  /// from the databases. Blocks.
  ///
  /// - Parameter minimumFree: octets that stay free on the disk.
  package static func copyState(
    of directory: StateDirectory, into name: String, keepingFree minimumFree: Int64
  ) throws(StateCopyError) -> StateCopy {
    do throws(StateDirectoryError) { try directory.requireWhole() } catch { throw .directory(error) }
    try requireRoom(in: directory, keeping: minimumFree)
    do throws(StateDirectoryError) {
      try directory.makeDirectory(name)
      try directory.makeDirectory("\(name)/bodies")
    } catch { throw .directory(error) }
    let folder = directory.file(name)
    // The queue last: what a connection said while a message was delivered is then not older than the message.
    let connections = try copyDatabase("mailboxes.sqlite", of: directory, to: folder)
    let spool = try copyDatabase("spool.sqlite", of: directory, to: folder)
    let copy = SpoolCopy(path: "\(folder)/spool.sqlite", origin: directory.database)
    let bodies = try copy.linkBodies(from: directory.file("bodies"), to: "\(folder)/bodies")
    let counts = try copy.counts()
    return StateCopy(
      folder: folder, spoolSchema: spool, connectionsSchema: connections, queued: counts.queued, failed: counts.failed,
      bodies: bodies)
  }

  private static func requireRoom(in directory: StateDirectory, keeping minimumFree: Int64) throws(StateCopyError) {
    let files = ["spool.sqlite", "mailboxes.sqlite"].flatMap { [$0, $0 + "-wal"] }
    let needed = files.reduce(Int64(0)) { sum, name in
      var found = stat()
      return stat(directory.file(name), &found) == 0 ? sum + Int64(found.st_size) : sum
    }
    guard let free = directory.freeOctets, free - minimumFree < needed else { return }
    throw .noRoom(path: directory.path, needed: needed, free: free - minimumFree)
  }

  /// - Returns: the schema of the copy.
  static func copyDatabase(
    _ name: String, of directory: StateDirectory, to folder: String
  ) throws(StateCopyError) -> Int {
    let (source, target) = (directory.file(name), "\(folder)/\(name)")
    guard access(source, F_OK) == 0 else { throw .directory(.missing(path: source)) }
    do {
      let queue = try DatabaseQueue(path: source, configuration: .reading)
      // As of one commit, without what was deleted, and without a write-ahead log.
      try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [target]) }
      try queue.close()
      guard chmod(target, 0o600) == 0 else { throw SystemError() }
      let file = try Descriptor.open(target, O_RDWR)
      try file.synchronize()
      guard let header = DatabaseHeader(try file.read(atMost: DatabaseHeader.octets)) else {
        throw DatabaseError(resultCode: .SQLITE_NOTADB)
      }
      return header.schema
    } catch {
      throw StateCopyError(error, at: source)
    }
  }
}
