// The scan that DotDecoder, DotEncoder and ChunkDecoder share: finds the octets at which a line is not plain text ended
// by CRLF. Looks at sixty-four pairs of octets at a time, because every octet of every message is scanned twice.

/// What a message held besides lines of ASCII.
package struct Findings: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// CR without LF. It is emitted as CRLF.
  package static let bareCR = Findings(rawValue: 1)
  /// LF without CR. It is emitted as CRLF.
  package static let bareLF = Findings(rawValue: 2)
  /// Emitted as it is.
  package static let nul = Findings(rawValue: 4)
  /// An octet above 0x7F, whatever MAIL has declared. Emitted as it is.
  package static let eightBit = Findings(rawValue: 8)
}

/// Takes a run of octets. The pointer is valid until the call returns.
package typealias Emit = (UnsafeRawBufferPointer) -> Void

enum DotCoding {
  /// What stands at the index that `firstOddity` returns.
  enum Oddity {
    /// CR, and the next octet is not LF.
    case bareCR
    /// Not CR, and the next octet is LF.
    case bareLF
    /// LF, and the next octet is a dot.
    case dotLine
    /// Nothing: it is the last octet, whose neighbour has not come yet.
    case none
  }

  /// The first index from `start` on at which a pair of octets is odd, else the last index of all.
  ///
  /// - Parameters:
  ///   - start: below `octets.count`; its octet is no LF that has lost its CR to the octets before.
  ///   - findings: gets NUL and 8-bit octets up to and including the index returned.
  static func firstOddity(
    in octets: UnsafeRawBufferPointer, from start: Int, _ findings: inout Findings
  ) -> (index: Int, oddity: Oddity) {
    let last = octets.count - 1
    var index = plainRun(in: octets, from: start, to: last, &findings)
    while true {
      let this = octets[index]
      if this >= 0x80 { findings.insert(.eightBit) } else if this == .nul { findings.insert(.nul) }
      if index == last { return (index, .none) }
      let next = octets[index + 1]
      if next == .lf {
        if this != .cr { return (index, .bareLF) }
      } else if this == .cr {
        return (index, .bareCR)
      } else if this == .lf, next == .dot {
        return (index, .dotLine)
      }
      index += 1
    }
  }

  /// Sixty-four octets as words, because the arithmetic of words becomes vector code and comparing octets does not.
  private typealias Block = SIMD8<UInt64>
  private static let blockOctets = 64

  /// Runs over whole blocks in which no pair is odd, and returns where it stopped.
  private static func plainRun(
    in octets: UnsafeRawBufferPointer, from start: Int, to last: Int, _ findings: inout Findings
  ) -> Int {
    var index = start
    var seen = Block(repeating: 0)
    var notNUL = Block(repeating: tops)
    while index + blockOctets <= last {
      let this = octets.loadUnaligned(fromByteOffset: index, as: Block.self)
      let next = octets.loadUnaligned(fromByteOffset: index + 1, as: Block.self)
      // CR and LF come together or not at all, and no dot begins a line.
      let unpaired = differs(this, .cr) ^ differs(next, .lf)
      let dotLine = (differs(this, .lf) | differs(next, .dot)) ^ Block(repeating: tops)
      if holdsAny(unpaired | dotLine) { break }
      seen |= this
      notNUL &= differs(this, .nul)
      index += blockOctets
    }
    if holdsAny(seen & Block(repeating: tops)) { findings.insert(.eightBit) }
    if holdsAny(notNUL ^ Block(repeating: tops)) { findings.insert(.nul) }
    return index
  }

  /// The top bit of each octet in a word.
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The top bit of each octet that is not `octet`, exactly.
  @inline(__always)
  private static func differs(_ block: Block, _ octet: UInt8) -> Block {
    let low = Block(repeating: ~tops)
    let zeroWhereEqual = block ^ Block(repeating: UInt64(octet) &* 0x0101_0101_0101_0101)
    return (((zeroWhereEqual & low) &+ low) | zeroWhereEqual) & Block(repeating: tops)
  }

  @inline(__always)
  private static func holdsAny(_ block: Block) -> Bool {
    let half = block.lowHalf | block.highHalf
    let quarter = half.lowHalf | half.highHalf
    return quarter[0] | quarter[1] != 0
  }

  // Literals for an Emit.
  static let lineEnd: StaticString = "\r\n"
  static let dot: StaticString = "."
  static let dotLine: StaticString = ".\r\n"

  static func emit(_ literal: StaticString, _ emit: Emit) {
    emit(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }
}

extension UnsafeRawBufferPointer {
  /// Emits a part of the octets, unless it is empty.
  func emit(_ range: Range<Int>, _ emit: Emit) {
    if !range.isEmpty { emit(UnsafeRawBufferPointer(rebasing: self[range])) }
  }
}

extension [UInt8] {
  /// `memchr` from an index on.
  func firstIndex(of octet: UInt8, from start: Int) -> Int? {
    withUnsafeBytes { octets in
      let pattern = UInt64(octet) &* 0x0101_0101_0101_0101
      var index = start
      while index + 8 <= octets.count {
        let word = octets.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ pattern
        // Not zero when an octet of the word is, and perhaps when an octet behind that one is 0x01.
        if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
        index += 8
      }
      while index < octets.count {
        if octets[index] == octet { return index }
        index += 1
      }
      return nil
    }
  }
}
