// Commands typed as root work on the relay's state as the relay's own user: a file that root made there would lock the
// relay out of its own queue.

import Access
import Foundation

enum Privileges {
  /// Whether this user works on the state itself: root, and whoever it belongs to. Everybody else asks the relay.
  static func mayOpen(_ directory: String) -> Bool {
    if geteuid() == 0 { return true }
    var found = stat()
    if stat(directory, &found) == 0 { return found.st_uid == geteuid() }
    return errno == ENOENT  // Whoever makes it will own it.
  }

  /// Becomes the owner of `directory` for good, if this is root and that is somebody else. Read files named by the
  /// administrator before: they may be root's.
  static func becomeOwner(of directory: String) throws {
    _ = Principal.ofThisProcess  // Who did it is asked before nobody knows.
    var found = stat()
    guard geteuid() == 0, stat(directory, &found) == 0, found.st_uid != 0 else { return }
    guard setgroups(0, nil) == 0, setgid(found.st_gid) == 0, setuid(found.st_uid) == 0 else {
      throw CommandFailure(
        "Cannot become user \(found.st_uid), to whom \(directory) belongs: run the command as that user.")
    }
  }

  /// Runs `body` as the owner of `directory`, if this is root and that is somebody else, and is root again afterwards.
  static func asOwner<Result>(of directory: String, _ body: () throws -> Result) throws -> Result {
    let isRoot = try takeOn(ownerOf: directory)
    defer { if isRoot { returnToRoot() } }
    return try body()
  }

  /// The same for what waits meanwhile.
  static func asOwner<Result>(of directory: String, _ body: () async throws -> Result) async throws -> Result {
    let isRoot = try takeOn(ownerOf: directory)
    defer { if isRoot { returnToRoot() } }
    return try await body()
  }

  /// - Returns: whether this process has been root.
  private static func takeOn(ownerOf directory: String) throws -> Bool {
    _ = Principal.ofThisProcess  // Who did it is asked before nobody knows.
    var found = stat()
    guard geteuid() == 0, stat(directory, &found) == 0, found.st_uid != 0 else { return false }
    guard setgroups(0, nil) == 0, setegid(found.st_gid) == 0, seteuid(found.st_uid) == 0 else {
      throw CommandFailure(
        "Cannot become user \(found.st_uid), to whom \(directory) belongs: run the command as that user.")
    }
    return true
  }

  private static func returnToRoot() {
    guard seteuid(0) == 0, setegid(0) == 0 else { preconditionFailure("root cannot become root again") }
  }
}
