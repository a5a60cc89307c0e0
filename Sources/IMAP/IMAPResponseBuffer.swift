// The octets that a server has sent, given out as whole responses: a line, or several with literals between. RFC 3501 §2.2.

import SMTP

/// Where a line ends in `{123}`, so many octets follow that are part of the response.
enum LiteralMark {
  /// Of a mark with its line end.
  static let maximumOctets = 16

  /// - Parameter line: without its LF.
  /// - Returns: how many octets the literal has; `nil` where the line ends in none.
  static func count(atEndOf line: ArraySlice<UInt8>) -> Int? {
    var line = line
    while line.last == .cr { line.removeLast() }
    guard line.popLast() == UInt8(ascii: "}") else { return nil }
    if line.last == UInt8(ascii: "+") { line.removeLast() }
    let digits = line.reversed().prefix(10).prefix(while: \.isDigit)
    guard (1...9).contains(digits.count), line.dropLast(digits.count).last == UInt8(ascii: "{") else { return nil }
    return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

package struct IMAPResponseBuffer: Sendable {
  /// Of one response, its literals included. The largest that is asked for is the header fields of one message.
  package static let maximumOctets = 128 << 10

  private var octets: [UInt8] = []
  private var start = 0
  /// Before it no line end is left to be found.
  private var searched = 0

  package init() {}

  /// Nothing has come that was not given out.
  package var isEmpty: Bool { start == octets.count }

  package mutating func append(_ more: UnsafeRawBufferPointer) {
    if start > 0 {
      octets.removeSubrange(0..<start)
      searched -= start
      start = 0
    }
    octets.append(contentsOf: more)
  }

  package mutating func append(_ more: [UInt8]) { more.withUnsafeBytes { append($0) } }

  /// The next whole response without its line end; `nil` until more is appended.
  package mutating func next() throws(MalformedResponse) -> ArraySlice<UInt8>? {
    while searched < octets.count, let end = octets[searched...].firstIndex(of: .lf) {
      let literal = mayHoldLiteral ? LiteralMark.count(atEndOf: octets[searched..<end]) : nil
      searched = end + 1 + (literal ?? 0)
      guard searched - start <= Self.maximumOctets else { throw MalformedResponse() }
      if literal == nil { return take(upTo: end) }
    }
    // The mark of a literal may have come in part.
    if searched < octets.count { searched = max(searched, octets.count - LiteralMark.maximumOctets) }
    guard octets.count - start <= Self.maximumOctets else { throw MalformedResponse() }
    return nil
  }

  /// The words of a status are for people, whatever they end in.
  private var mayHoldLiteral: Bool {
    var reader = IMAPValueReader(octets[start...].prefix(32))
    return reader.word() == "*" && IMAPStatus.Kind(rawValue: reader.word()) == nil
  }

  private mutating func take(upTo end: Int) -> ArraySlice<UInt8> {
    var last = end
    while last > start, octets[last - 1] == .cr { last -= 1 }
    defer { start = searched }
    return octets[start..<last]
  }
}
