// Finds the end of a message: exactly the octets CRLF.CRLF. RFC 5321 §4.1.1.4, 4.5.2. No other file decides this. A
// bare CR or LF is stored as a line end, and is never a part of that mark. The one exception is a client that has never
// sent a CR: it may end its message with LF.LF, until its first CR.

/// Reads what follows DATA's 354, in whatever pieces it comes.
package struct DotDecoder: Sendable {
  /// What came before the next octet. `strict`: the line before was ended by CRLF, or there is none.
  private enum Place {
    case lineStart(strict: Bool)
    case dot(strict: Bool)
    case dotCR(strict: Bool)
    case text
    case cr
  }

  private var place = Place.lineStart(strict: true)
  /// The end of the message has been read.
  package private(set) var isComplete = false
  package private(set) var findings: Findings = []
  /// LF.LF ends the message as well, as no CR has come.
  package private(set) var endsAtBareLF: Bool
  /// A line of one dot ended in LF alone and was no end: the client may be waiting for its reply.
  package private(set) var hasBareEnd = false

  /// - Parameter endsAtBareLF: the client has not sent a single CR in this session, in commands or in messages. Whoever
  ///   ends lines in CRLF could be made to pass on another's LF.LF.
  package init(endsAtBareLF: Bool = false) { self.endsAtBareLF = endsAtBareLF }

  /// Reads the next octets, and emits the message as it is to be stored: lines ended by CRLF, dots un-stuffed.
  ///
  /// - Returns: how many octets belong to the message and its end. Once `isComplete`, the rest are commands.
  package mutating func decode(_ octets: UnsafeRawBufferPointer, _ emit: Emit) -> Int {
    var index = 0
    if endsAtBareLF {
      let end = octets.firstIndex(of: .cr) ?? octets.count
      index = decode(UnsafeRawBufferPointer(rebasing: octets[..<end]), from: 0, emit)
      if isComplete || end == octets.count { return index }
      endsAtBareLF = false
    }
    return decode(octets, from: index, emit)
  }

  private mutating func decode(_ octets: UnsafeRawBufferPointer, from start: Int, _ emit: Emit) -> Int {
    var index = start
    while index < octets.count, !isComplete {
      index = step(octets, index, emit)
    }
    return index
  }

  /// The same, appended to `output`.
  package mutating func decode(_ octets: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Int {
    decode(octets) { output.append(contentsOf: $0) }
  }

  private mutating func step(_ octets: UnsafeRawBufferPointer, _ index: Int, _ emit: Emit) -> Int {
    let octet = octets[index]
    switch place {
    case .lineStart(let strict):
      guard octet == .dot else { return text(octets, index, emit) }
      place = .dot(strict: strict)
    case .dot(let strict):
      if octet == .cr {
        place = .dotCR(strict: strict)
      } else if octet == .lf, endsAtBareLF {
        isComplete = true
      } else if octet == .lf {
        // A dot alone on a line that ends in a bare LF is a line of the message, not its end.
        hasBareEnd = true
        DotCoding.emit(DotCoding.dot, emit)
        endBareLine(.bareLF, emit)
      } else {
        return text(octets, index, emit)
      }
    case .dotCR(let strict):
      if octet == .lf, strict {
        isComplete = true
      } else {
        DotCoding.emit(DotCoding.dot, emit)
        return lineEnd(after: octet, index, emit)
      }
    case .text:
      return text(octets, index, emit)
    case .cr:
      return lineEnd(after: octet, index, emit)
    }
    return index + 1
  }

  /// A CR came before: with this octet it is a line end, or it was bare and the octet is not yet read.
  private mutating func lineEnd(after octet: UInt8, _ index: Int, _ emit: Emit) -> Int {
    guard octet == .lf else {
      endBareLine(.bareCR, emit)
      return index
    }
    DotCoding.emit(DotCoding.lineEnd, emit)
    place = .lineStart(strict: true)
    return index + 1
  }

  private mutating func endBareLine(_ finding: Findings, _ emit: Emit) {
    findings.insert(finding)
    DotCoding.emit(DotCoding.lineEnd, emit)
    place = .lineStart(strict: false)
  }

  /// Emits plain lines up to the next octet that `firstOddity` finds.
  private mutating func text(_ octets: UnsafeRawBufferPointer, _ start: Int, _ emit: Emit) -> Int {
    if octets[start] == .lf {
      endBareLine(.bareLF, emit)
      return start + 1
    }
    let (index, oddity) = DotCoding.firstOddity(in: octets, from: start, &findings)
    switch oddity {
    case .bareCR:
      octets.emit(start..<index, emit)
      endBareLine(.bareCR, emit)
      return index + 1
    case .bareLF:
      octets.emit(start..<index + 1, emit)
      endBareLine(.bareLF, emit)
      return index + 2
    case .dotLine:
      octets.emit(start..<index + 1, emit)
      place = .lineStart(strict: true)
      return index + 1
    case .none where octets[index] == .cr:
      octets.emit(start..<index, emit)
      place = .cr
    case .none:
      octets.emit(start..<index + 1, emit)
      place = octets[index] == .lf ? .lineStart(strict: true) : .text
    }
    return index + 1
  }
}
