// What the next server must be able to take for a body, found in one pass.

import Glibc
import SMTP

/// Examines a body piece by piece, without keeping any of it.
package struct BodyScan: Equatable, Sendable {
  package private(set) var has8Bit = false
  package private(set) var hasNUL = false
  /// Without the line end. The last line counts even when it has none.
  package private(set) var longestLineOctets = 0
  /// Of the line the last piece ended in.
  private var lineOctets = 0
  private var endedWithReturn = false

  package init() {}

  package init(_ body: ArraySlice<UInt8>) { body.withUnsafeBytes { feed($0) } }

  package mutating func feed(_ piece: UnsafeRawBufferPointer) {
    guard let base = piece.baseAddress, !piece.isEmpty else { return }
    has8Bit = has8Bit || Self.has8Bit(piece)
    hasNUL = hasNUL || memchr(base, 0, piece.count) != nil
    measureLines(base, piece.count)
  }

  private mutating func measureLines(_ base: UnsafeRawPointer, _ count: Int) {
    var start = 0
    while start < count, let found = memchr(base + start, Int32(UInt8.lf), count - start) {
      let end = base.distance(to: found)
      let hasReturn = end > 0 ? base.load(fromByteOffset: end - 1, as: UInt8.self) == 0x0d : endedWithReturn
      let octets = lineOctets + end - start - (hasReturn ? 1 : 0)
      longestLineOctets = max(longestLineOctets, octets)
      lineOctets = 0
      start = end + 1
    }
    lineOctets += count - start
    endedWithReturn = base.load(fromByteOffset: count - 1, as: UInt8.self) == .cr
    // A return at the very end may be half of a line end, so it is not counted yet.
    longestLineOctets = max(longestLineOctets, lineOctets - (endedWithReturn && lineOctets > 0 ? 1 : 0))
  }

  /// Eight octets at a time.
  static func has8Bit(_ piece: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset + 32 <= piece.count {
      let first = piece.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let second = piece.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
      let third = piece.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
      let fourth = piece.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
      if (first | second | third | fourth) & 0x8080_8080_8080_8080 != 0 { return true }
      offset += 32
    }
    return piece[offset...].contains { $0.is8Bit }
  }
}
