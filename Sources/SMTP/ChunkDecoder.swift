// Reads the chunks of BDAT, whose octets are counted, so that a dot has no meaning in them. RFC 3030 §2. Makes lines
// end in CRLF as DotDecoder does, so that a message is stored alike whether it came by DATA or by BDAT.

/// Reads one message's chunks, in whatever pieces they come.
package struct ChunkDecoder: Sendable {
  private var hasPendingCR = false
  /// Octets of the present chunk still to come.
  package private(set) var remaining = 0
  package private(set) var findings: Findings = []

  package init() {}

  /// The present chunk has been read.
  package var isComplete: Bool { remaining == 0 }

  /// To be called before each chunk with its number of octets.
  package mutating func begin(octets: Int) { remaining = octets }

  /// Reads the next octets, and emits the message as it is to be stored.
  ///
  /// - Returns: how many octets belong to the chunk. Once `isComplete`, the rest are commands.
  package mutating func decode(_ octets: UnsafeRawBufferPointer, _ emit: Emit) -> Int {
    let mine = UnsafeRawBufferPointer(rebasing: octets.prefix(remaining))
    remaining -= mine.count
    var index = 0
    while index < mine.count { index = step(mine, index, emit) }
    return mine.count
  }

  /// The same, appended to `output`.
  package mutating func decode(_ octets: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Int {
    decode(octets) { output.append(contentsOf: $0) }
  }

  /// To be called after the last chunk: emits the line end of a CR at its very end.
  package mutating func finish(_ emit: Emit) {
    if hasPendingCR { endBareLine(.bareCR, emit) }
    hasPendingCR = false
  }

  /// The same, appended to `output`.
  package mutating func finish(into output: inout [UInt8]) {
    finish { output.append(contentsOf: $0) }
  }

  private mutating func endBareLine(_ finding: Findings, _ emit: Emit) {
    findings.insert(finding)
    DotCoding.emit(DotCoding.lineEnd, emit)
  }

  private mutating func step(_ octets: UnsafeRawBufferPointer, _ start: Int, _ emit: Emit) -> Int {
    if hasPendingCR {
      hasPendingCR = false
      let isWhole = octets[start] == .lf
      if isWhole { DotCoding.emit(DotCoding.lineEnd, emit) } else { endBareLine(.bareCR, emit) }
      return isWhole ? start + 1 : start
    }
    if octets[start] == .lf {
      endBareLine(.bareLF, emit)
      return start + 1
    }
    let (index, oddity) = DotCoding.firstOddity(in: octets, from: start, &findings)
    switch oddity {
    case .bareCR:
      octets.emit(start..<index, emit)
      endBareLine(.bareCR, emit)
    case .bareLF:
      octets.emit(start..<index + 1, emit)
      endBareLine(.bareLF, emit)
      return index + 2
    case .none where octets[index] == .cr:
      octets.emit(start..<index, emit)
      hasPendingCR = true
    case .dotLine, .none:
      octets.emit(start..<index + 1, emit)
    }
    return index + 1
  }
}
