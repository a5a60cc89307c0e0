// Files that are replaced whole: a reader sees the old content or the new one, and never a part.
package import Glibc

package enum AtomicFile {
  /// Puts a file with `octets` in the place of what is at `path`. It is written under the name `path.next` first.
  ///
  /// - Parameters:
  ///   - mode: of the new file, whatever the umask is.
  ///   - isDurable: the file and its name are on disk when this returns. Otherwise a power cut may leave it empty.
  package static func replace(
    _ path: String, with octets: UnsafeRawBufferPointer, mode: mode_t, isDurable: Bool
  ) throws(SystemError) {
    let next = try draft(of: path, octets, mode, isDurable)
    guard rename(next, path) == 0 else { throw SystemError() }
    if isDurable { try synchronizeDirectory(of: path) }
  }

  /// Puts a file with `octets` at `path`, where nothing is yet, not even a link.
  ///
  /// - Throws: `EEXIST` where something is; it is left as it was.
  package static func create(
    _ path: String, with octets: UnsafeRawBufferPointer, mode: mode_t
  ) throws(SystemError) {
    let next = try draft(of: path, octets, mode, true)
    defer { unlink(next) }
    guard link(next, path) == 0 else { throw SystemError() }
    try synchronizeDirectory(of: path)
  }

  private static func draft(
    of path: String, _ octets: UnsafeRawBufferPointer, _ mode: mode_t, _ isDurable: Bool
  ) throws(SystemError) -> String {
    let next = path + ".next"
    // What a kill has left there goes; and whatever else stands there, a FIFO or a link, is never opened.
    unlink(next)
    let file = try Descriptor.open(next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    guard fchmod(file.number, mode) == 0 else { throw SystemError() }
    try file.write(octets)
    if isDurable { try file.synchronize() }
    return next
  }

  /// Returns when the names in the directory that holds `path` are on disk.
  package static func synchronizeDirectory(of path: String) throws(SystemError) {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).synchronize()
  }
}
