// Small files that must be one user's alone, such as keys: refused where they are not.
package import Glibc

package enum PrivateFile {
  /// Reads a small file.
  ///
  /// - Parameters:
  ///   - owners: the users whose file it may be.
  ///   - forbidden: mode bits that must not be set.
  ///   - limit: of octets. A longer file is read up to one octet more than the limit, so that the caller sees it.
  /// - Returns: `nil` when there is no such file.
  package static func read(
    _ path: String, owners: [uid_t], forbidden: mode_t, limit: Int
  ) throws(StateDirectoryError) -> [UInt8]? {
    var found = stat()
    if lstat(path, &found) != 0, errno == ENOENT { return nil }
    // O_NONBLOCK: a FIFO of that name must not block this thread before it is refused.
    let file = try open(path, O_RDONLY | O_NONBLOCK)
    try check(file, path: path, owners: owners, forbidden: forbidden)
    do throws(SystemError) { return try file.read(atMost: limit + 1) } catch {
      throw StateDirectoryError(error, at: path)
    }
  }

  /// Does not follow a symbolic link. A file that it makes has mode 0600.
  static func open(_ path: String, _ flags: Int32) throws(StateDirectoryError) -> Descriptor {
    do throws(SystemError) { return try .open(path, flags | O_NOFOLLOW, mode: 0o600) } catch {
      throw StateDirectoryError(error, at: path)
    }
  }

  static func check(
    _ file: borrowing Descriptor, path: String, owners: [uid_t], forbidden: mode_t
  ) throws(StateDirectoryError) {
    var found = stat()
    guard fstat(file.number, &found) == 0 else { throw StateDirectoryError(SystemError(), at: path) }
    try check(found, path: path, owners: owners, forbidden: forbidden)
  }

  static func check(
    _ found: stat, path: String, owners: [uid_t], forbidden: mode_t
  ) throws(StateDirectoryError) {
    guard found.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    guard owners.contains(found.st_uid) else {
      throw .strayFile(path: path, found: found.st_uid, expected: owners[0])
    }
    guard found.st_mode & forbidden == 0 else {
      throw .wrongMode(path: path, found: found.st_mode & 0o7777, expected: 0o600)
    }
  }
}
