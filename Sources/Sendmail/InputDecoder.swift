// Standard input into a message: lines that end in LF or CRLF become lines that end in CRLF, and unless the caller said
// otherwise a line of one dot is the end. Dots are not doubled on this way, so none is taken off.

import SMTP

package struct InputDecoder: Sendable {
  /// What stands before the next octet.
  private enum Place {
    case lineStart, dot, dotCR, text
  }

  private let endsAtDot: Bool
  private var place = Place.lineStart
  private var lines = ChunkDecoder()
  /// The line of one dot has come: what follows belongs to nobody.
  package private(set) var isComplete = false

  package init(endsAtDot: Bool) { self.endsAtDot = endsAtDot }

  /// Reads the next octets of the input, and appends the message to `output`.
  package mutating func decode(_ piece: [UInt8], into output: inout [UInt8]) {
    guard endsAtDot else { return take(piece[...], into: &output) }
    var start = 0
    while start < piece.count, !isComplete {
      switch place {
      case .text:
        let end = piece[start...].firstIndex(of: .lf).map { $0 + 1 } ?? piece.count
        take(piece[start..<end], into: &output)
        if piece[end - 1] == .lf { place = .lineStart }
        start = end
      case .lineStart, .dot, .dotCR: start += step(piece[start], into: &output)
      }
    }
  }

  /// To be called at the end of the input.
  package mutating func finish(into output: inout [UInt8]) {
    release(into: &output)
    lines.finish(into: &output)
  }

  /// - Returns: how many octets were read: none where the octet belongs to the text of a line.
  private mutating func step(_ octet: UInt8, into output: inout [UInt8]) -> Int {
    switch (place, octet) {
    case (.lineStart, .dot): place = .dot
    case (.dot, .cr): place = .dotCR
    case (.dot, .lf), (.dotCR, .lf): isComplete = true
    default:
      release(into: &output)
      return 0
    }
    if isComplete { place = .lineStart }
    return 1
  }

  /// Gives out what was held back as the possible end.
  private mutating func release(into output: inout [UInt8]) {
    switch place {
    case .dot: take([.dot], into: &output)
    case .dotCR: take([.dot, .cr], into: &output)
    case .lineStart, .text: break
    }
    place = .text
  }

  private mutating func take(_ octets: ArraySlice<UInt8>, into output: inout [UInt8]) {
    lines.begin(octets: octets.count)
    _ = octets.withUnsafeBytes { lines.decode($0, into: &output) }
  }
}
