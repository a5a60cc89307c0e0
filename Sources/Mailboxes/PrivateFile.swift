// Files and directories that must be one user's alone: made so, and refused when they are not.

import Foundation
import Glibc

/// The state directory, checked, and who has to own what is in it.
struct StateDirectory: Sendable {
  let path: String
  /// Root may work on another's state directory (`sudo letterhead connect`); what it makes there belongs to that other.
  let owner: uid_t
  let group: gid_t

  /// Makes the directory, mode 0700, where it is missing.
  init(preparing path: String) throws(StoreError) {
    if mkdirWithParents(path) != 0, errno != EEXIST { throw .unusable(path: path, reason: systemReason()) }
    var found = stat()
    // Follows a link on purpose: systemd's DynamicUser makes the state directory one.
    guard stat(path, &found) == 0 else { throw .unusable(path: path, reason: systemReason()) }
    guard found.st_mode & S_IFMT == S_IFDIR else { throw .unusable(path: path, reason: "not a directory") }
    guard found.st_uid == geteuid() || geteuid() == 0 else {
      throw .unsafe(path: path, .owner(found: found.st_uid, expected: geteuid()))
    }
    guard found.st_mode & 0o077 == 0 else {
      throw .unsafe(path: path, .mode(found: found.st_mode & 0o777, expected: 0o700))
    }
    (self.path, owner, group) = (path, found.st_uid, found.st_gid)
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// Makes a file of ours, empty and mode 0600, where it is missing, and checks it where it is not. Does not open one
  /// that is there: closing it would drop the locks SQLite holds on it for this process.
  func prepare(_ name: String) throws(StoreError) {
    var found = stat()
    if lstat(file(name), &found) == 0 {
      guard found.st_mode & S_IFMT != S_IFLNK else { throw .unsafe(path: file(name), .symbolicLink) }
      try check(found, path: file(name), owners: [owner], forbidden: 0o077)
    } else {
      close(try open(name, O_RDWR))
    }
  }

  /// Opens a file of ours, making it, empty and mode 0600, where it is missing.
  ///
  /// - Returns: a descriptor the caller closes.
  func open(_ name: String, _ flags: Int32) throws(StoreError) -> Int32 {
    let descriptor = Glibc.open(file(name), flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw openError(file(name)) }
    do throws(StoreError) {
      try adopt(descriptor, path: file(name))
      try check(descriptor, path: file(name), owners: [owner], forbidden: 0o077)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Gives what root made to the directory's owner.
  func adopt(_ descriptor: Int32, path: String) throws(StoreError) {
    guard geteuid() == 0, owner != 0 else { return }
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { throw .unusable(path: path, reason: systemReason()) }
    // Only a file made just now: root's, and empty. Anything else of root's here is somebody's mistake and gets refused.
    guard found.st_uid == 0, found.st_size == 0 else { return }
    guard fchown(descriptor, owner, group) == 0 else { throw .unusable(path: path, reason: systemReason()) }
  }
}

/// Reads a small file that must be its owner's alone.
///
/// - Parameters:
///   - owners: whose the file may be.
///   - forbidden: mode bits that must not be set.
///   - limit: of octets; a longer file comes back cut, one octet longer than this.
/// - Returns: `nil` when there is no such file.
func readPrivateFile(
  _ path: String, owners: [uid_t], forbidden: mode_t, limit: Int
) throws(StoreError) -> [UInt8]? {
  // O_NONBLOCK: a FIFO laid here must not hang us before it is refused.
  let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
  if descriptor < 0, errno == ENOENT { return nil }
  guard descriptor >= 0 else { throw openError(path) }
  defer { close(descriptor) }
  try check(descriptor, path: path, owners: owners, forbidden: forbidden)
  var octets = [UInt8](repeating: 0, count: limit + 1)
  var filled = 0
  while filled < octets.count {
    let count = octets.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw .unusable(path: path, reason: systemReason()) }
    if count == 0 { break }
    filled += count
  }
  return Array(octets.prefix(filled))
}

private func check(_ descriptor: Int32, path: String, owners: [uid_t], forbidden: mode_t) throws(StoreError) {
  var found = stat()
  guard fstat(descriptor, &found) == 0 else { throw .unusable(path: path, reason: systemReason()) }
  try check(found, path: path, owners: owners, forbidden: forbidden)
}

private func check(_ found: stat, path: String, owners: [uid_t], forbidden: mode_t) throws(StoreError) {
  guard found.st_mode & S_IFMT == S_IFREG else { throw .unsafe(path: path, .notRegular) }
  guard owners.contains(found.st_uid) else {
    throw .unsafe(path: path, .owner(found: found.st_uid, expected: owners[0]))
  }
  guard found.st_mode & forbidden == 0 else {
    throw .unsafe(path: path, .mode(found: found.st_mode & 0o777, expected: 0o600))
  }
}

private func openError(_ path: String) -> StoreError {
  errno == ELOOP ? .unsafe(path: path, .symbolicLink) : .unusable(path: path, reason: systemReason())
}

private func mkdirWithParents(_ path: String) -> Int32 {
  if mkdir(path, 0o700) == 0 { return 0 }
  guard errno == ENOENT else { return -1 }
  let parent = (path as NSString).deletingLastPathComponent
  try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
  return mkdir(path, 0o700)
}

func systemReason() -> String { String(cString: strerror(errno)) }
