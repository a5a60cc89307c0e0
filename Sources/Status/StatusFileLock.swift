// Two relays on one status file would overwrite each other's state, and monitoring would see either by chance.

import Glibc
import Platform

/// Held for as long as this process writes a status file. The kernel releases it when the process ends.
package final class StatusFileLock: Sendable {
  package struct Holder: Equatable, Sendable {
    /// `nil`: the lock does not say.
    package let pid: Int32?
  }

  private let descriptor: Descriptor

  /// Makes the file's directory, 0755, where it is missing: the commands' socket beside the file needs it as well.
  ///
  /// - Throws: `.inUse`; `.unwritable` where there can be no lock, because the file cannot be written either.
  package init(on path: String) throws(StatusFileError) {
    let file = path + ".lock"
    Self.makeDirectory(of: path)
    do throws(SystemError) {
      // 0600: who may open a file may lock it, and keep the relay from starting.
      descriptor = try Descriptor.open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    } catch {
      throw .unwritable(path: path, reason: error)
    }
    guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
      throw .inUse(path: path, pid: Self.pid(in: descriptor))
    }
    let pid = "\(getpid())\n"
    ftruncate(descriptor.number, 0)
    pwrite(descriptor.number, pid, pid.utf8.count, 0)
  }

  /// Whether a process writes the status file at `path`, and which. Makes nothing.
  ///
  /// - Returns: `nil` where none does, or this user may not ask.
  package static func holder(of path: String) -> Holder? {
    guard let lock = try? Descriptor.open(path + ".lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return nil }
    // Shared, so that two who ask do not take each other for a relay.
    guard flock(lock.number, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
    return Holder(pid: pid(in: lock))
  }

  /// With those above it. Whatever keeps it from being made shows at the file.
  private static func makeDirectory(of path: String) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let directory = String(path[..<slash])
    if mkdir(directory, 0o755) != 0 {
      guard errno == ENOENT else { return }
      makeDirectory(of: directory)
      guard mkdir(directory, 0o755) == 0 else { return }
    }
    // The relay's umask would close it to everybody who reads the file.
    chmod(directory, 0o755)
  }

  private static func pid(in descriptor: borrowing Descriptor) -> Int32? {
    guard let octets = try? descriptor.read(atMost: 16) else { return nil }
    return Int32(String(decoding: octets.prefix { $0 != 0x0a }, as: UTF8.self))
  }
}
