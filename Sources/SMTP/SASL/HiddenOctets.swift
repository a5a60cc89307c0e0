// Passwords, tokens and keys while they are in memory.

/// Octets that must not be shown. Prints as `[secret]`, in a dump too.
package struct HiddenOctets: Hashable, Sendable {
  package let octets: [UInt8]

  package init(_ octets: [UInt8]) { self.octets = octets }

  /// Compares every octet, so that the time taken does not tell where two differ.
  func isSame(as other: some Collection<UInt8>) -> Bool {
    octets.count == other.count && zip(octets, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

extension HiddenOctets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "[secret]" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
