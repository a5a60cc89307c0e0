// A password or token that cannot be printed by accident, and whose memory is wiped when the last copy is released.
// Keeping it out of core files and swap is the process's job (prctl), not this type's.

import Glibc

/// Redacted by its type: description, reflection and `dump` say `[secret]`, and it is not Codable.
package struct Secret: Sendable {
  private let storage: Storage

  package init(_ text: String) {
    storage = Storage(copying: text.utf8)
  }

  package init(octets: some Collection<UInt8>) {
    storage = Storage(copying: octets)
  }

  package var isEmpty: Bool { storage.buffer.isEmpty }

  /// A copy that nobody wipes. Call it where the secret is used, and let the result go out of scope there.
  package func reveal() -> String {
    String(decoding: storage.buffer, as: UTF8.self)
  }

  package func withOctets<Result: ~Copyable, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage.buffer))
  }

  private final class Storage: Sendable {
    // Written in init, before another thread can see it, and then only read until deinit: safe to share.
    nonisolated(unsafe) let buffer: UnsafeMutableBufferPointer<UInt8>

    init(copying octets: some Collection<UInt8>) {
      buffer = .allocate(capacity: octets.count)
      _ = buffer.initialize(from: octets)
    }

    deinit {
      if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
      buffer.deallocate()
    }
  }
}

extension Secret: Equatable {
  package static func == (one: Secret, other: Secret) -> Bool {
    one.storage.buffer.elementsEqual(other.storage.buffer)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "[secret]" }
  package var debugDescription: String { "[secret]" }
  package var customMirror: Mirror { Mirror(reflecting: "[secret]") }
}
