// Files that the kernel makes while they are read: they have no size, and come in pieces.

import Glibc
import Platform

enum KernelFile {
  private static let mostOctets = 4 << 20

  /// - Returns: `nil` where it may not be read, or is not there.
  static func octets(_ path: String) -> [UInt8]? {
    try? Descriptor.open(path, O_RDONLY | O_NONBLOCK).read(atMost: mostOctets)
  }

  /// Empty where it may not be read, or is not there.
  static func text(_ path: String) -> String { String(decoding: octets(path) ?? [], as: UTF8.self) }
}
