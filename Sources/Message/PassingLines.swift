// The lines of a body that is read in pieces: where each starts and ends, and its first octets. Long lines are not
// kept.

import Glibc
import SMTP

struct PassingLines: Sendable {
  /// Part of one line, as far as a piece has it.
  struct Stretch {
    let octets: UnsafeRawBufferPointer
    /// Its last octet is the line feed.
    let endsLine: Bool
  }

  /// Octets that have passed.
  private(set) var position = 0
  /// Where the present line starts; the one that has just ended, until the next stretch is asked for.
  private(set) var lineStart = 0
  /// The first octets of that line: enough for any boundary and most field names.
  private(set) var opening: [UInt8] = []
  /// How long the line end in front of that line was: 2 for CRLF, 0 at the very start.
  private(set) var endOfLineBefore = 0

  private var hasEnded = false
  private var lastOctet: UInt8 = 0

  private static let openingOctets = 256

  mutating func next(in rest: inout Slice<UnsafeRawBufferPointer>) -> Stretch? {
    if hasEnded { startLine() }
    guard !rest.isEmpty else { return nil }
    let piece = UnsafeRawBufferPointer(rebasing: rest)
    var count = piece.count
    if let base = piece.baseAddress, let found = memchr(base, Int32(UInt8.lf), piece.count) {
      count = base.distance(to: found) + 1
      hasEnded = true
    }
    let stretch = UnsafeRawBufferPointer(rebasing: piece.prefix(count))
    rest = rest.dropFirst(count)
    note(stretch)
    return Stretch(octets: stretch, endsLine: hasEnded)
  }

  private mutating func note(_ stretch: UnsafeRawBufferPointer) {
    if opening.count < Self.openingOctets { opening += stretch.prefix(Self.openingOctets - opening.count) }
    position += stretch.count
    if hasEnded {
      let before = stretch.count > 1 ? stretch[stretch.count - 2] : lastOctet
      endsWithReturn = before == .cr && position - lineStart > 1
    }
    lastOctet = stretch[stretch.count - 1]
  }

  private var endsWithReturn = false

  private mutating func startLine() {
    hasEnded = false
    endOfLineBefore = endsWithReturn ? 2 : 1
    lineStart = position
    opening.removeAll(keepingCapacity: true)
  }

  mutating func finish() {
    if hasEnded { startLine() }
  }
}
