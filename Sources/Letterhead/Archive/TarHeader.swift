// The head of one file in a tar archive (POSIX.1-1988 ustar, with GNU's spelling of sizes over 8 GiB). Regular files alone:
// neither backups nor support bundles hold anything else.

package struct TarHeader: Equatable, Sendable {
  static let blockOctets = 512
  private static let nameOctets = 100

  /// At most 100 octets.
  package let name: String
  package let octetCount: Int64
  /// Seconds since 1970.
  package let modified: Int64

  package init(name: String, octetCount: Int64, modified: Int64) {
    self.name = name
    self.octetCount = octetCount
    self.modified = modified
  }

  /// What follows the content, up to a whole block.
  var padding: Int { Int((512 - octetCount % 512) % 512) }

  /// One block.
  package var block: [UInt8] {
    precondition(name.utf8.count <= Self.nameOctets, "the names of archives are this program's own")
    var block = [UInt8](repeating: 0, count: Self.blockOctets)
    Self.put(Array(name.utf8), at: 0, in: &block)
    Self.put(Self.octal(0o600, digits: 7), at: 100, in: &block)
    Self.put(Self.octal(0, digits: 7), at: 108, in: &block)
    Self.put(Self.octal(0, digits: 7), at: 116, in: &block)
    Self.put(Self.size(octetCount), at: 124, in: &block)
    Self.put(Self.octal(max(0, modified), digits: 11), at: 136, in: &block)
    block[156] = UInt8(ascii: "0")
    Self.put(Array("ustar\0".utf8) + Array("00".utf8), at: 257, in: &block)
    Self.put(Self.octal(Int64(Self.sum(of: block)), digits: 6) + [0, 0x20], at: 148, in: &block)
    return block
  }

  /// - Returns: `nil` for a block that is no head of a regular file, or is damaged.
  package init?(block: [UInt8]) {
    guard block.count == Self.blockOctets, Array(block[257..<262]) == Array("ustar".utf8),
      [UInt8(ascii: "0"), 0].contains(block[156]), let sum = Self.number(block[148..<156]),
      sum == Int64(Self.sum(of: block)), let count = Self.size(of: block[124..<136]),
      let modified = Self.number(block[136..<148]), block[345] == 0,
      let name = String(validating: block[0..<Self.nameOctets].prefix { $0 != 0 }, as: UTF8.self)
    else { return nil }
    self.init(name: name, octetCount: count, modified: modified)
  }

  /// Of all octets, the sum's own counted as spaces.
  private static func sum(of block: [UInt8]) -> Int {
    block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
  }

  private static func put(_ octets: [UInt8], at place: Int, in block: inout [UInt8]) {
    block.replaceSubrange(place..<place + octets.count, with: octets)
  }

  private static func octal(_ number: Int64, digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array(String(repeating: "0", count: max(0, digits - text.count)).utf8) + Array(text.utf8)
  }

  /// Eleven octal digits, or twelve octets of which the first has its highest bit set.
  private static func size(_ count: Int64) -> [UInt8] {
    if count < 1 << 33 { return octal(count, digits: 11) }
    return [0x80, 0, 0, 0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  private static func size(of field: ArraySlice<UInt8>) -> Int64? {
    guard field.first == 0x80 else { return number(field) }
    let octets = field.dropFirst()
    guard octets.prefix(3).allSatisfy({ $0 == 0 }), octets.dropFirst(3).first ?? 0 < 0x80 else { return nil }
    return octets.dropFirst(3).reduce(0) { $0 << 8 | Int64($1) }
  }

  private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    guard digits.count <= 12, digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 << 3 | Int64($1 - 0x30) }
  }
}
