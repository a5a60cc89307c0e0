// The file that a unix socket has in a directory, which stays when the socket is closed.
import Glibc

/// A path, and which file this process has made there.
struct BoundPath: Sendable {
  let path: String
  private let device: dev_t
  private let inode: ino_t

  /// To be called right after `bind`. Nil when nothing is there any more.
  init?(_ path: String) {
    guard let found = Self.status(of: path) else { return nil }
    self.path = path
    (device, inode) = (found.st_dev, found.st_ino)
  }

  /// Removes the file, unless another has taken its place.
  func remove() {
    guard let found = Self.status(of: path), (found.st_dev, found.st_ino) == (device, inode) else { return }
    unlink(path)
  }

  /// Nil when nothing is there. A link is not followed.
  static func status(of path: String) -> stat? {
    var found = stat()
    return lstat(path, &found) == 0 ? found : nil
  }
}

extension stat {
  var isSocket: Bool { st_mode & S_IFMT == S_IFSOCK }
}
