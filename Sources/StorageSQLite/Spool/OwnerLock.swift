// What the spool keeps in the state directory, and the lock that says which process owns it.

import Glibc
import Spool
import Platform

extension StateDirectory {
  var database: String { file("spool.sqlite") }

  /// The directory of this process's own spool. Makes what is missing, for the owner.
  init(forSpoolIn path: String) throws(SpoolError) {
    do throws(StateDirectoryError) {
      try self.init(preparing: path)
      try requireOwn()
      try makeDirectory("bodies")
    } catch {
      throw .directory(error)
    }
  }

  /// The directory of a spool that another process may own. Changes nothing. Root may look at another user's.
  init(withSpoolIn path: String) throws(SpoolError) {
    do throws(StateDirectoryError) {
      try self.init(existing: path)
      try requireWhole()
    } catch { throw .directory(error) }
    guard access(database, F_OK) == 0 else {
      let bodies = (try? names(in: "bodies").count) ?? 0
      throw bodies > 0 ? .lost(path: database, bodies: bodies) : .directory(.missing(path: database))
    }
  }
}

extension StateDirectory {
  /// A queue whose database has gone is lost, and not new. The sweep at the start would delete what is left of it.
  ///
  /// - Parameters:
  ///   - hasRun: there has been a queue here. Bodies are a proof of it as well, but short messages have none.
  ///   - acceptingLoss: moves bodies into a directory of their own instead of throwing `.lost`.
  func requireDatabase(hasRun: Bool, acceptingLoss: Bool) throws(SpoolError) {
    guard isMissingOrEmpty("spool.sqlite") else { return }
    let bodies: Int
    do throws(StateDirectoryError) { bodies = try names(in: "bodies").count } catch { throw .directory(error) }
    guard acceptingLoss else {
      if hasRun || bodies > 0 { throw .lost(path: database, bodies: bodies) }
      return
    }
    do throws(StateDirectoryError) { try setAsideBodies() } catch { throw .directory(error) }
  }

  /// A database that nobody can read, and the bodies that only it knew, under names of their own.
  ///
  /// - Returns: where the database is kept.
  func setAsideSpool() throws(SpoolError) -> String {
    let place = file("spool.sqlite.lost-\(time(nil))")
    for ending in ["", "-wal", "-shm"] where access(database + ending, F_OK) == 0 {
      guard rename(database + ending, place + ending) == 0 else {
        throw .directory(StateDirectoryError(SystemError(), at: place + ending))
      }
    }
    do throws(StateDirectoryError) { try setAsideBodies() } catch { throw .directory(error) }
    return place
  }

  private func setAsideBodies() throws(StateDirectoryError) {
    if try names(in: "bodies").isEmpty { return }
    let place = file("bodies.lost-\(time(nil))")
    guard rename(file("bodies"), place) == 0 else { throw StateDirectoryError(SystemError(), at: place) }
    try makeDirectory("bodies")
  }
}

/// Held for as long as this process owns the spool. The kernel releases it when the process ends.
final class OwnerLock: Sendable {
  static let file = "lock"
  private let descriptor: Descriptor

  init(in directory: StateDirectory) throws(SpoolError) {
    do throws(StateDirectoryError) { descriptor = try directory.open(Self.file, O_RDWR) } catch {
      throw .directory(error)
    }
    guard Self.take(descriptor) else {
      let refused = SystemError()
      guard refused.code == EWOULDBLOCK else {
        throw .directory(StateDirectoryError(refused, at: directory.file(Self.file)))
      }
      throw .alreadyRunning(pid: Self.pid(in: descriptor))
    }
    let pid = "\(getpid())\n"
    ftruncate(descriptor.number, 0)
    pwrite(descriptor.number, pid, pid.utf8.count, 0)
  }

  /// After the last commit: a process that waits for the spool may open it now.
  func release() { flock(descriptor.number, LOCK_UN) }

  /// Tries for a tenth of a second: a command that asks who owns the spool holds a shared lock for an instant.
  private static func take(_ descriptor: borrowing Descriptor) -> Bool {
    for _ in 0..<20 {
      if flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(5000)
    }
    return flock(descriptor.number, LOCK_EX | LOCK_NB) == 0
  }

  static func pid(in descriptor: borrowing Descriptor) -> Int32? {
    var digits = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor.number, &digits, digits.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: digits[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
  }
}
