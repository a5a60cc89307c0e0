// The directory that holds the spool, and the lock that says whose it is.

import Glibc

/// `state_dir`: nobody else's, and closed to group and world.
struct StateDirectory: Sendable {
  let path: String

  var database: String { path + "/spool.sqlite" }
  var bodies: String { path + "/bodies" }

  /// Makes what is missing, for the owner.
  init(owning path: String) throws(SpoolError) {
    self.path = path
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .unwritable(Self.reason(path)) }
    let uid = try status().st_uid
    guard uid == geteuid() else { throw .wrongOwner(path: path, uid: uid) }
    guard mkdir(bodies, 0o700) == 0 || errno == EEXIST else { throw .unwritable(Self.reason(bodies)) }
  }

  /// Changes nothing. Root may look at what is the service's own.
  init(visiting path: String) throws(SpoolError) {
    self.path = path
    guard access(path, F_OK) == 0 else { throw .missing(path: path) }
    let uid = try status().st_uid
    guard uid == geteuid() || geteuid() == 0 else { throw .wrongOwner(path: path, uid: uid) }
    guard access(database, F_OK) == 0 else { throw .missing(path: database) }
  }

  private func status() throws(SpoolError) -> stat {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unwritable(Self.reason(path)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(path: path) }
    guard status.st_mode & 0o077 == 0 else { throw .wrongMode(path: path, mode: status.st_mode & 0o7777) }
    return status
  }

  /// `nil` where the file system does not say.
  var freeOctets: Int64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }

  static func reason(_ path: String) -> String { "\(path): \(String(cString: strerror(errno)))" }
}

/// Held for as long as this process owns the spool; the kernel lets go of it when we die.
final class OwnerLock: Sendable {
  private let descriptor: Int32

  init(in directory: StateDirectory) throws(SpoolError) {
    let path = Self.path(in: directory.path)
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(StateDirectory.reason(path)) }
    guard Self.take(descriptor) else {
      let refused = errno
      let pid = Self.pid(in: descriptor)
      Glibc.close(descriptor)
      guard refused == EWOULDBLOCK else { throw .unwritable("\(path): \(String(cString: strerror(refused)))") }
      throw .alreadyRunning(pid: pid)
    }
    self.descriptor = descriptor
    let pid = "\(getpid())\n"
    ftruncate(descriptor, 0)
    pwrite(descriptor, pid, pid.utf8.count, 0)
  }

  /// After the last commit: whoever waits for the spool may open it now.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { Glibc.close(descriptor) }

  static func path(in directory: String) -> String { directory + "/lock" }

  /// Tries for a tenth of a second: a command that only asks who owns the spool holds a shared lock for an instant.
  private static func take(_ descriptor: Int32) -> Bool {
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(5000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  static func pid(in descriptor: Int32) -> Int32? {
    var digits = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &digits, digits.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: digits[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
  }
}
