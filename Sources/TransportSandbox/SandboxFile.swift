// One message of the sandbox on its way to disk: written under a name that nobody lists, synchronized, then renamed.

import Glibc
import Synchronization
import Platform

/// A file that is not there until `keep()` returns.
final class SandboxFile: Sendable {
  static let arriving = ".arriving"

  let name: String
  private let directory: String
  private let descriptor: Descriptor
  private let isKept = Atomic<Bool>(false)

  init(directory: String, name: String) throws(SystemError) {
    self.name = name
    self.directory = directory
    descriptor = try .open("\(directory)/\(name)\(Self.arriving)", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
  }

  deinit {
    if !isKept.load(ordering: .relaxed) { remove() }
  }

  func append(_ octets: [UInt8]) throws(SystemError) {
    try descriptor.write(octets)
  }

  /// From here on the message survives a power cut, name and all. Where this throws, nothing of the message is left.
  func keep() throws(SystemError) {
    try descriptor.synchronize()
    guard rename("\(directory)/\(name)\(Self.arriving)", "\(directory)/\(name)") == 0 else { throw SystemError() }
    isKept.store(true, ordering: .relaxed)
    do throws(SystemError) { try AtomicFile.synchronizeDirectory(of: "\(directory)/\(name)") } catch {
      unlink("\(directory)/\(name)")
      throw error
    }
  }

  func remove() { unlink("\(directory)/\(name)\(Self.arriving)") }
}
