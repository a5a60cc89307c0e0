// What responses are made of: atoms, texts and lists, read from left to right within bounds. RFC 3501 §4, 9051 §4.

import SMTP

/// One value of a response.
package enum IMAPValue: Equatable, Sendable {
  /// A number, a flag, a name with its section: as it came.
  case atom([UInt8])
  /// Quoted or a literal.
  case text([UInt8])
  case list([IMAPValue])
  /// `NIL`
  case absent
}

/// What came is no response, or larger or deeper than any that is asked for.
package struct MalformedResponse: Error, Equatable, Sendable {}

/// Reads values from one whole response, literals included.
struct IMAPValueReader {
  /// Lists in lists: what is asked for needs three.
  static let deepest = 8
  /// Values of one response.
  static let most = 2000

  private let octets: ArraySlice<UInt8>
  private var index: Int
  private var count = 0

  init(_ octets: ArraySlice<UInt8>) {
    self.octets = octets
    index = octets.startIndex
  }

  var rest: ArraySlice<UInt8> { octets[index...] }
  private var peek: UInt8? { index < octets.endIndex ? octets[index] : nil }

  /// A word up to the next blank, in capitals; empty at the end.
  mutating func word() -> String {
    let word = rest.prefix { $0 != .space }
    index = word.endIndex
    skipBlanks()
    return String(decoding: word.map(\.uppercased), as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while peek == .space { index += 1 }
  }

  /// - Returns: `nil` at the end of the response.
  mutating func next() throws(MalformedResponse) -> IMAPValue? {
    skipBlanks()
    return peek == nil ? nil : try value(depth: 0)
  }

  private mutating func value(depth: Int) throws(MalformedResponse) -> IMAPValue {
    count += 1
    guard count <= Self.most, depth <= Self.deepest, let first = peek else { throw MalformedResponse() }
    switch first {
    case UInt8(ascii: "("): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try quoted())
    case UInt8(ascii: "{"): return .text(try literal())
    default: return try atom()
    }
  }

  private mutating func list(depth: Int) throws(MalformedResponse) -> IMAPValue {
    index += 1
    var values: [IMAPValue] = []
    while true {
      skipBlanks()
      if peek == UInt8(ascii: ")") { break }
      values.append(try value(depth: depth + 1))
    }
    index += 1
    return .list(values)
  }

  private mutating func quoted() throws(MalformedResponse) -> [UInt8] {
    index += 1
    var text: [UInt8] = []
    while let octet = peek, octet != UInt8(ascii: "\"") {
      if octet == UInt8(ascii: "\\") { index += 1 }
      guard let said = peek, said != .cr, said != .lf else { throw MalformedResponse() }
      text.append(said)
      index += 1
    }
    guard peek != nil else { throw MalformedResponse() }
    index += 1
    return text
  }

  private mutating func literal() throws(MalformedResponse) -> [UInt8] {
    guard let end = rest.firstIndex(of: .lf), end - index <= LiteralMark.maximumOctets,
      !rest[..<end].dropFirst().contains(UInt8(ascii: "{")), let count = LiteralMark.count(atEndOf: rest[..<end]),
      count <= octets.endIndex - end - 1
    else { throw MalformedResponse() }
    index = end + 1 + count
    return Array(octets[(end + 1)..<index])
  }

  /// Up to a blank or a parenthesis; what stands in brackets belongs to it: `BODY[HEADER.FIELDS (SUBJECT)]`.
  private mutating func atom() throws(MalformedResponse) -> IMAPValue {
    let start = index
    var brackets = 0
    while let octet = peek, octet != .cr, octet != .lf {
      if brackets == 0, octet == .space || octet == UInt8(ascii: "(") || octet == UInt8(ascii: ")") { break }
      if octet == UInt8(ascii: "[") { brackets += 1 }
      if octet == UInt8(ascii: "]"), brackets > 0 { brackets -= 1 }
      index += 1
    }
    guard index > start else { throw MalformedResponse() }
    let name = octets[start..<index]
    return name.map(\.uppercased) == Array("NIL".utf8) ? .absent : .atom(Array(name))
  }
}
