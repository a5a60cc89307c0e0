// Writes a message for DATA: dots stuffed, lines ended by CRLF, no bare CR or LF, so that no server can read one
// message as two. RFC 5321 §4.5.2.

/// Encodes a message piece by piece; `finish` ends it.
package struct DotEncoder: Sendable {
  private enum Place {
    case lineStart
    case text
    case cr
  }

  private var place = Place.lineStart

  package init() {}

  /// Emits the next piece of the message. Stored messages have CRLF line ends; other line ends are made CRLF here.
  package mutating func encode(_ octets: UnsafeRawBufferPointer, _ emit: Emit) {
    var index = 0
    while index < octets.count {
      index = step(octets, index, emit)
    }
  }

  /// The same, appended to `output`.
  package mutating func encode(_ octets: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    encode(octets) { output.append(contentsOf: $0) }
  }

  /// Emits the end of the last line where the message has none, and the end of the message. The encoder can then be
  /// used for another message.
  package mutating func finish(_ emit: Emit) {
    if place != .lineStart { DotCoding.emit(DotCoding.lineEnd, emit) }
    DotCoding.emit(DotCoding.dotLine, emit)
    place = .lineStart
  }

  /// The same, appended to `output`.
  package mutating func finish(into output: inout [UInt8]) {
    finish { output.append(contentsOf: $0) }
  }

  private mutating func step(_ octets: UnsafeRawBufferPointer, _ index: Int, _ emit: Emit) -> Int {
    switch place {
    case .lineStart:
      if octets[index] == .dot { DotCoding.emit(DotCoding.dot, emit) }
      return text(octets, index, emit)
    case .text:
      return text(octets, index, emit)
    case .cr:
      endLine(emit)
      return octets[index] == .lf ? index + 1 : index
    }
  }

  private mutating func endLine(_ emit: Emit) {
    DotCoding.emit(DotCoding.lineEnd, emit)
    place = .lineStart
  }

  private mutating func text(_ octets: UnsafeRawBufferPointer, _ start: Int, _ emit: Emit) -> Int {
    if octets[start] == .lf {
      endLine(emit)
      return start + 1
    }
    var findings: Findings = []
    let (index, oddity) = DotCoding.firstOddity(in: octets, from: start, &findings)
    switch oddity {
    case .bareCR:
      octets.emit(start..<index, emit)
      endLine(emit)
      return index + 1
    case .bareLF:
      octets.emit(start..<index + 1, emit)
      endLine(emit)
      return index + 2
    case .dotLine:
      octets.emit(start..<index + 1, emit)
      place = .lineStart
    case .none where octets[index] == .cr:
      octets.emit(start..<index, emit)
      place = .cr
    case .none:
      octets.emit(start..<index + 1, emit)
      place = octets[index] == .lf ? .lineStart : .text
    }
    return index + 1
  }
}
