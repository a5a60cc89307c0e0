// Base64 as SASL and MIME headers write it: one alphabet, padded, nothing else between. RFC 4648 §4.

package enum Base64 {
  private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ octets: some Collection<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity((octets.count + 2) / 3 * 4)
    var rest = octets[...]
    while !rest.isEmpty {
      let group = rest.prefix(3)
      rest = rest.dropFirst(3)
      var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = Int(bits >> UInt32(18 - 6 * place) & 0x3F)
        output.append(place <= group.count ? alphabet.utf8Start[digit] : padding)
      }
    }
    return output
  }

  /// `nil` for anything but whole, padded groups of the alphabet with no stray bits.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 4 * 3)
    var rest = text[...]
    while !rest.isEmpty {
      let group = rest.prefix(4)
      rest = rest.dropFirst(4)
      guard decode(group: group, isLast: rest.isEmpty, into: &output) else { return nil }
    }
    return output
  }

  private static func decode(group: some Collection<UInt8>, isLast: Bool, into output: inout [UInt8]) -> Bool {
    let digits = group.prefix { $0 != padding }
    let padded = group.count - digits.count
    guard padded == 0 || isLast && padded <= 2, group.dropFirst(digits.count).allSatisfy({ $0 == padding }) else {
      return false
    }
    var bits: UInt32 = 0
    for digit in digits {
      guard let value = value(of: digit) else { return false }
      bits = bits << 6 | value
    }
    bits <<= UInt32(6 * padded)
    guard bits & (1 << UInt32(8 * padded) - 1) == 0 else { return false }
    for place in 0..<3 - padded { output.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))) }
    return true
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit - 0x41)
    case 0x61...0x7A: UInt32(digit - 0x61) + 26
    case 0x30...0x39: UInt32(digit - 0x30) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
