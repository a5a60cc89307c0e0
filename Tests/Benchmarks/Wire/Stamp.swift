// What each message carries so that the sink knows it again: one header line of fixed width. Relays keep header fields
// they do not know, so the line arrives as it was sent.

import Glibc

/// `X-Bench: RRRRRRRR SSSSSSSS TTTTTTTTTTTTTTTT OOOOOOOO`, hexadecimal.
struct Stamp: Equatable, Sendable {
  /// Which run of the load; what is left over from an earlier run is not counted in this one.
  var run: UInt32
  /// From 0, without gaps.
  var sequence: UInt32
  /// When the client said MAIL.
  var time: UInt64
  /// Of the message as sent, this line included: what arrives with fewer has lost something.
  var octets: UInt32

  private static let name = Array("X-Bench: ".utf8)
  /// The line with its end.
  static let lineOctets = 9 + 8 + 1 + 8 + 1 + 16 + 1 + 8 + 2

  /// Writes the line over the first `lineOctets` of `line`.
  func write(into line: inout [UInt8]) {
    line.replaceSubrange(0..<9, with: Self.name)
    var index = 9
    for (value, digits) in [(UInt64(run), 8), (UInt64(sequence), 8), (time, 16), (UInt64(octets), 8)] {
      for digit in stride(from: digits - 1, through: 0, by: -1) {
        let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * digit)) & 15
        line[index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        index += 1
      }
      line[index] = 0x20
      index += 1
    }
    line[index - 1] = 13
    line[index] = 10
  }

  init(run: UInt32, sequence: UInt32, time: UInt64, octets: UInt32) {
    self.run = run
    self.sequence = sequence
    self.time = time
    self.octets = octets
  }

  /// The stamp in the beginning of a message, `nil` where there is none.
  init?(foundIn head: [UInt8]) {
    let start = head.withUnsafeBytes { $0.firstIndex(of: Self.name, lookingFor: 0) }
    guard let start, head.count >= start + Self.lineOctets else { return nil }
    var index = start + Self.name.count
    func number(_ digits: Int) -> UInt64 {
      var value: UInt64 = 0
      for octet in head[index..<index + digits] {
        value = value << 4 | UInt64(octet < 0x3A ? octet & 15 : (octet & 15) + 9)
      }
      index += digits + 1
      return value
    }
    run = UInt32(number(8))
    sequence = UInt32(number(8))
    time = number(16)
    octets = UInt32(number(8))
  }
}

extension UnsafeRawBufferPointer {
  /// Where `pattern` begins.
  ///
  /// - Parameter place: of the pattern's octet that is rarest in what is searched.
  func firstIndex(of pattern: [UInt8], lookingFor place: Int) -> Int? {
    guard let base = baseAddress else { return nil }
    var from = place
    while from < count, let found = memchr(base + from, Int32(pattern[place]), count - from) {
      let start = base.distance(to: UnsafeRawPointer(found)) - place
      if start + pattern.count > count { return nil }
      if memcmp(base + start, pattern, pattern.count) == 0 { return start }
      from = start + place + 1
    }
    return nil
  }
}
