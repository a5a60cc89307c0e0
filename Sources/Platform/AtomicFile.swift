// Files that are replaced whole: a reader sees the old content or the new one, and never a part.
package import Glibc

package enum AtomicFile {
  /// Puts a file with `octets` in the place of what is at `path`. It is written as its draft first.
  ///
  /// - Parameters:
  ///   - mode: of the new file, whatever the umask is.
  ///   - group: of the new file, where the system lets this user give it; `nil`: this user's.
  ///   - isDurable: the file and its name are on disk when this returns. Otherwise a power cut may leave it empty.
  package static func replace(
    _ path: String, with octets: UnsafeRawBufferPointer, mode: mode_t, group: gid_t? = nil, isDurable: Bool
  ) throws(SystemError) {
    let next = try write(path, octets, mode, group, isDurable)
    guard rename(next, path) == 0 else { throw SystemError() }
    if isDurable { try synchronizeDirectory(of: path) }
  }

  /// Puts a file with `octets` at `path`, where nothing is yet, not even a link.
  ///
  /// - Throws: `EEXIST` where something is; it is left as it was.
  package static func create(
    _ path: String, with octets: UnsafeRawBufferPointer, mode: mode_t
  ) throws(SystemError) {
    let next = try write(path, octets, mode, nil, true)
    defer { unlink(next) }
    guard link(next, path) == 0 else { throw SystemError() }
    try synchronizeDirectory(of: path)
  }

  /// - Returns: the path of the draft, which is whole.
  private static func write(
    _ path: String, _ octets: UnsafeRawBufferPointer, _ mode: mode_t, _ group: gid_t?, _ isDurable: Bool
  ) throws(SystemError) -> String {
    let next = draft(of: path)
    // What a kill has left there goes; and whatever else stands there, a FIFO or a link, is never opened.
    unlink(next)
    let file = try Descriptor.open(next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    // The owner stays. Before the mode, which a change of group would take bits from.
    if let group { fchown(file.number, .max, group) }
    guard fchmod(file.number, mode) == 0 else { throw SystemError() }
    try file.write(octets)
    if isDurable { try file.synchronize() }
    return next
  }

  /// Where ``replace(_:with:mode:group:isDurable:)`` writes, and a kill leaves what was written.
  package static func draft(of path: String) -> String { path + ".next" }

  /// Returns when the names in the directory that holds `path` are on disk.
  package static func synchronizeDirectory(of path: String) throws(SystemError) {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try Descriptor.open(directory, O_RDONLY | O_DIRECTORY).synchronize()
  }
}
