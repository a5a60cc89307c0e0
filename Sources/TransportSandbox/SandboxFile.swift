// One message of the sandbox on its way to disk: written under a name that nobody lists, synchronized, then renamed.

import Glibc
import Synchronization

/// A file that is not there until `keep()` returns.
final class SandboxFile: Sendable {
  static let arriving = ".arriving"

  let name: String
  private let directory: String
  private let descriptor: Int32
  private let isKept = Atomic<Bool>(false)

  init(directory: String, name: String) throws(SystemError) {
    self.name = name
    self.directory = directory
    descriptor = open("\(directory)/\(name)\(Self.arriving)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
  }

  deinit {
    if !isKept.load(ordering: .relaxed) { remove() }
    close(descriptor)
  }

  func append(_ octets: [UInt8]) throws(SystemError) {
    var written = 0
    while written < octets.count {
      let count = octets.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
      guard count >= 0 || errno == EINTR else { throw SystemError() }
      written += max(count, 0)
    }
  }

  /// From here on the message survives a power cut, name and all. Where this throws, nothing of it is left.
  func keep() throws(SystemError) {
    guard fsync(descriptor) == 0, rename("\(directory)/\(name)\(Self.arriving)", "\(directory)/\(name)") == 0
    else { throw SystemError() }
    isKept.store(true, ordering: .relaxed)
    let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if parent >= 0 { close(parent) } }
    guard parent >= 0, fsync(parent) == 0 else {
      let failure = SystemError()
      unlink("\(directory)/\(name)")
      throw failure
    }
  }

  func remove() { unlink("\(directory)/\(name)\(Self.arriving)") }
}

/// What the kernel said.
struct SystemError: Error, CustomStringConvertible {
  let number = errno
  var description: String { String(cString: strerror(number)) }
}
