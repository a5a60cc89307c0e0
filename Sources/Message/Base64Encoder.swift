// Base64 on one line, of a message that never stands in memory whole. RFC 4648 §4.

package struct Base64Encoder: Sendable {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// At most two octets, which have no digits yet.
  private var rest: [UInt8] = []

  package init() {}

  /// How many digits so many octets have.
  package static func digitCount(of octets: Int) -> Int { (octets + 2) / 3 * 4 }

  /// - Returns: the digits of all whole groups of three octets so far.
  package mutating func feed(_ octets: ArraySlice<UInt8>) -> [UInt8] {
    guard rest.count + octets.count >= 3 else {
      rest += octets
      return []
    }
    let first = rest.isEmpty ? [] : rest + octets.prefix(3 - rest.count)
    let body = octets.dropFirst(first.isEmpty ? 0 : 3 - rest.count)
    let whole = body.prefix(body.count / 3 * 3)
    rest = Array(body.dropFirst(whole.count))
    return Self.digits(of: first[...]) + Self.digits(of: whole)
  }

  /// - Returns: the digits of what is left, padded.
  package mutating func finish() -> [UInt8] {
    guard !rest.isEmpty else { return [] }
    let padding = 3 - rest.count
    let digits = Self.digits(of: (rest + Array(repeating: 0, count: padding))[...])
    rest = []
    return digits.dropLast(padding) + Array(repeating: UInt8(ascii: "="), count: padding)
  }

  /// - Parameter octets: a multiple of three.
  private static func digits(of octets: ArraySlice<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: octets.count / 3 * 4) { digits, count in
      alphabet.withUnsafeBufferPointer { alphabet in
        octets.withUnsafeBufferPointer { octets in
          for start in stride(from: 0, to: octets.count, by: 3) {
            let group = Int(octets[start]) << 16 | Int(octets[start + 1]) << 8 | Int(octets[start + 2])
            for shift in [18, 12, 6, 0] {
              digits[count] = alphabet[group >> shift & 63]
              count += 1
            }
          }
        }
      }
    }
  }
}
