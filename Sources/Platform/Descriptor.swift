// A file descriptor with exactly one owner. It is closed when its owner is destroyed, so it is closed exactly once.
import Glibc

/// Owns an open file descriptor and closes it at the end of its life.
package struct Descriptor: ~Copyable, Sendable {
  package let number: Int32

  /// - Parameter number: an open descriptor that has no other owner; or the negative answer of a call that failed, which
  ///   is not closed. The caller checks `number` then.
  package init(owning number: Int32) { self.number = number }

  deinit { if number >= 0 { _ = Glibc.close(number) } }
}

extension Descriptor {
  /// Opens a file. Programs that this process starts do not inherit the descriptor.
  package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemError) -> Descriptor {
    let number = Glibc.open(path, flags | O_CLOEXEC, mode)
    guard number >= 0 else { throw SystemError() }
    return Descriptor(owning: number)
  }

  /// Writes all of `octets`, in as many calls as that takes.
  package borrowing func write(_ octets: UnsafeRawBufferPointer) throws(SystemError) {
    var rest = octets
    while !rest.isEmpty {
      let count = Glibc.write(number, rest.baseAddress, rest.count)
      guard count >= 0 || errno == EINTR else { throw SystemError() }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
    }
  }

  /// Writes all of `octets`, in as many calls as that takes.
  package borrowing func write(_ octets: [UInt8]) throws(SystemError) {
    try octets.withUnsafeBufferPointer { (octets) throws(SystemError) in try write(UnsafeRawBufferPointer(octets)) }
  }

  /// Reads `count` octets, or fewer where the file ends.
  package borrowing func read(atMost count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let octets = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, failure == nil {
        let got = Glibc.read(number, buffer.baseAddress?.advanced(by: filled), count - filled)
        if got == 0 { return }
        if got > 0 { filled += got } else if errno != EINTR { failure = SystemError() }
      }
    }
    if let failure { throw failure }
    return octets
  }

  /// Returns when the content and the metadata of the file are on disk.
  package borrowing func synchronize() throws(SystemError) {
    guard fsync(number) == 0 else { throw SystemError() }
  }
}
