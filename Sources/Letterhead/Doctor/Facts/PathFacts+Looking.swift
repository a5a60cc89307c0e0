// Looks at one name of the file system. Opens nothing.

import Foundation

extension PathFacts {
  init(looking path: String, for role: Purpose) {
    var found = stat()
    // What a link leads to counts, but in the state directory, where no link is taken.
    let result = role == .state ? lstat(path, &found) : stat(path, &found)
    guard result == 0 else {
      self.init(path: path, role: role, kind: errno == EACCES ? .hidden : .missing)
      return
    }
    let kind: Kind =
      switch found.st_mode & S_IFMT {
      case S_IFDIR: .folder
      case S_IFREG: .file
      case S_IFLNK: .link
      default: .other
      }
    self.init(
      path: path, role: role, kind: kind, owner: found.st_uid, group: found.st_gid,
      mode: UInt32(found.st_mode & 0o7777))
  }
}
