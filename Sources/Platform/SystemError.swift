// What a system call answered when it failed.
import Glibc

/// An `errno`, kept as a value.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  package let code: Int32

  /// - Parameter code: by default the `errno` of the call that this thread made last.
  package init(_ code: Int32 = errno) { self.code = code }

  /// The system's own words, such as "Permission denied".
  package var description: String { String(cString: strerror(code)) }
}
