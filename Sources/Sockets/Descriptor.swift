// A file descriptor with exactly one owner. Closing it is dropping it, so that it is closed once.
import Glibc

/// Owns `number` and closes it when it goes out of scope.
package struct Descriptor: ~Copyable, Sendable {
  package let number: Int32

  /// - Parameter number: open, and owned by nobody else.
  package init(owning number: Int32) { self.number = number }

  deinit { _ = Glibc.close(number) }
}
