// Lengths and bytes, one behind the other: how values lie in a column that no query has to look into.

import SMTP

struct Packer {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func add(byte: UInt8) { bytes.append(byte) }

  mutating func add(octets: [UInt8]) { bytes.append(contentsOf: octets) }

  mutating func add(byte: UInt8, _ text: String) {
    add(byte: byte)
    add(text)
  }

  /// Seven bits a byte, low ones first.
  mutating func add(_ count: Int) {
    var rest = UInt64(count)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func add(_ address: Address?) {
    guard let address else { return add(byte: 0) }
    add(byte: 1)
    add(address.localPart)
    add(address.domain)
  }
}

struct Unpacker {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var rest: Int { bytes.count - place }
  var isAtEnd: Bool { rest == 0 }

  mutating func byte() -> UInt8? {
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func count() -> Int? { packed(inBits: 35).map { Int($0) } }

  /// Such as a time.
  mutating func long() -> Int64? { packed(inBits: 56).map { Int64($0) } }

  private mutating func packed(inBits bits: UInt64) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = byte(), shift < bits {
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }

  mutating func text() -> String? {
    guard let count = count(), count <= bytes.count - place else { return nil }
    defer { place += count }
    return String(decoding: bytes[place..<place + count], as: UTF8.self)
  }

  /// Of four octets, high ones first.
  mutating func number() -> UInt32? {
    guard rest >= 4 else { return nil }
    defer { place += 4 }
    return bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The outer `nil` is a broken row, the inner one the null sender.
  mutating func address() -> Address?? {
    guard let kind = byte() else { return nil }
    guard kind == 1 else { return .some(nil) }
    guard let localPart = text(), let domain = text() else { return nil }
    return Address(localPart: localPart, domain: domain)
  }
}
