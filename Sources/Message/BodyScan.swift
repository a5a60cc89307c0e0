// What a body's octets ask of the next server, found in one pass.

/// Looks at a body in passing, piece by piece, without keeping any of it.
package struct BodyScan: Equatable, Sendable {
  package private(set) var has8Bit = false
  package private(set) var hasNUL = false
  /// Without the line end. The last line counts even when it has none.
  package private(set) var longestLineOctets = 0

  package init() {}

  package init(_ body: ArraySlice<UInt8>) { body.withUnsafeBytes { feed($0) } }

  package mutating func feed(_ piece: UnsafeRawBufferPointer) {}
}
