// Dropped messages that the relay will never take: kept for a month, so that an administrator whom somebody asks can find
// them. Nobody else can be told: the program that wrote them has ended long ago.

import FoundationEssentials
import Glibc
import Platform

struct RefusedDrops: Sendable {
  /// Inside the drop folder, closed to everybody but the relay.
  static let name = "refused"
  private static let age: TimeInterval = 30 * 86_400
  private static let mostFiles = 1000
  private static let mostOctets = 256 << 20

  private let drop: String
  private var path: String { "\(drop)/\(Self.name)" }

  init(in drop: String) { self.drop = drop }

  /// - Throws: `EACCES` when somebody else has made it.
  func prepare() throws(SystemError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError() }
    var found = stat()
    guard lstat(path, &found) == 0 else { throw SystemError() }
    guard found.st_mode & S_IFMT == S_IFDIR, found.st_uid == geteuid() else { throw SystemError(EACCES) }
    guard chmod(path, 0o700) == 0 else { throw SystemError() }
  }

  func take(_ name: String) throws(SystemError) {
    try prepare()
    guard rename("\(drop)/\(name)", "\(path)/\(name)") == 0 else { throw SystemError() }
  }

  /// Deletes what is too old, and the oldest where there is too much.
  func expire(now: Date) {
    let kept = FolderListing.names(in: path).compactMap { name -> (path: String, found: stat)? in
      var found = stat()
      return lstat("\(path)/\(name)", &found) == 0 ? ("\(path)/\(name)", found) : nil
    }.sorted { $0.found.changedAt > $1.found.changedAt }
    var octets = 0
    for (index, file) in kept.enumerated() {
      octets += Int(file.found.st_size)
      let isTooOld = file.found.changedAt + Self.age < now
      if isTooOld || index >= Self.mostFiles || octets > Self.mostOctets { unlink(file.path) }
    }
  }
}

extension stat {
  /// When the file was last written, renamed or given to somebody. Unlike the time of its content nobody can set it.
  var changedAt: Date {
    Date(timeIntervalSince1970: TimeInterval(st_ctim.tv_sec) + TimeInterval(st_ctim.tv_nsec) / 1_000_000_000)
  }
}
