// Where a message ends, and that nothing sent can be read as two.

import SMTP
import Support
import Testing

/// Feeds a decoder in pieces, as a driver would, and keeps what was left for the next command.
private func decode(_ wire: [UInt8], _ cut: Pieces = .whole, endsAtBareLF: Bool = false) -> (
  kept: [UInt8], isComplete: Bool, rest: [UInt8], findings: Findings
) {
  var decoder = DotDecoder(endsAtBareLF: endsAtBareLF)
  var kept: [UInt8] = []
  var rest: [UInt8] = []
  for piece in cut.pieces(of: wire) {
    let used = piece.withUnsafeBytes { decoder.decode($0, into: &kept) }
    rest += piece[used...]
  }
  return (kept, decoder.isComplete, rest, decoder.findings)
}

private func encode(_ message: [UInt8], _ cut: Pieces = .whole) -> [UInt8] {
  var encoder = DotEncoder()
  var wire: [UInt8] = []
  for piece in cut.pieces(of: message) { piece.withUnsafeBytes { encoder.encode($0, into: &wire) } }
  encoder.finish(into: &wire)
  return wire
}

private func chunk(_ content: [UInt8], _ cut: Pieces = .whole) -> (kept: [UInt8], findings: Findings) {
  var decoder = ChunkDecoder()
  var kept: [UInt8] = []
  decoder.begin(octets: content.count)
  for piece in cut.pieces(of: content) { _ = piece.withUnsafeBytes { decoder.decode($0, into: &kept) } }
  decoder.finish(into: &kept)
  return (kept, decoder.findings)
}

/// What the code under test is held against: slow, and plain to see.
private enum Oracle {
  /// How many octets of `wire` are the message and its end; `nil` while there is no end.
  static func end(of wire: [UInt8]) -> Int? {
    let mark = Array("\r\n.\r\n".utf8)
    let text = Array("\r\n".utf8) + wire
    guard text.count >= mark.count else { return nil }
    return (0...text.count - mark.count).first { text[$0...].starts(with: mark) }.map { $0 + mark.count - 2 }
  }

  /// The same for a client that has sent no CR before: LF.LF is an end too, where no CR stands before it.
  static func end(ofFirst wire: [UInt8]) -> Int? {
    let text = Array("\n".utf8) + wire.prefix { $0 != 13 }
    let bare = text.firstRange(of: Array("\n.\n".utf8)).map { $0.upperBound - 1 }
    return bare ?? end(of: wire)
  }

  /// Every line ended by CRLF, whether by CR, LF or CRLF before.
  static func lines(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for (index, octet) in text.enumerated() {
      switch octet {
      case 13: output += [13, 10]
      case 10 where index > 0 && text[index - 1] == 13: break
      case 10: output += [13, 10]
      default: output.append(octet)
      }
    }
    return output
  }

  static func isCanonical(_ text: [UInt8]) -> Bool { lines(text) == text }
}

/// Text in which everything that matters to dot-coding is frequent, with plain runs between it.
private func nastyText(_ random: inout SeededRandom, length: Int) -> [UInt8] {
  var text: [UInt8] = []
  while text.count < length {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: text.append(13)
    case 1: text.append(10)
    case 2, 3: text += [13, 10]
    case 4, 5: text.append(46)
    case 6: text += Array("\r\n.\r\n".utf8).dropLast(Int.random(in: 0...4, using: &random))
    case 7: text += Array(repeating: 120, count: Int.random(in: 0...150, using: &random))
    default: text.append(UInt8.random(in: 0...255, using: &random))
    }
  }
  return text
}

@Suite struct DotCodingTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let wire: String
    let kept: String?
    var rest = ""
    var findings: Findings = []
    var testDescription: String { readable(wire.utf8) }
  }

  static let samples: [Sample] = [
    Sample(wire: ".\r\n", kept: ""),
    Sample(wire: "a\r\n.\r\n", kept: "a\r\n"),
    Sample(wire: "a\r\n.\r\nQUIT\r\n", kept: "a\r\n", rest: "QUIT\r\n"),
    Sample(wire: "..\r\n.\r\n", kept: ".\r\n"),
    Sample(wire: "..a\r\n...\r\n.\r\n", kept: ".a\r\n..\r\n"),
    // A client that does not stuff loses its dot, as the RFC says.
    Sample(wire: ".a\r\n.\r\n", kept: "a\r\n"),
    Sample(wire: "a.\r\n.\r\n", kept: "a.\r\n"),
    Sample(wire: "\r\n.\r\n", kept: "\r\n"),
    // No end: what is not CRLF.CRLF is text.
    Sample(wire: "a\n.\n", kept: nil, findings: .bareLF),
    Sample(wire: "a\n.\r\n", kept: nil, findings: .bareLF),
    Sample(wire: "a\r\n.\n", kept: nil, findings: .bareLF),
    Sample(wire: "a\r.\r", kept: nil, findings: .bareCR),
    Sample(wire: "a\r.\r\n", kept: nil, findings: .bareCR),
    Sample(wire: "a\r\n.\rb\r\n", kept: nil, findings: .bareCR),
    Sample(wire: "a\r\n.\r\r\n", kept: nil, findings: .bareCR),
    Sample(wire: "a\r\n.\0\r\n", kept: nil, findings: .nul),
    Sample(wire: "a\r\n. \r\n", kept: nil),
    Sample(wire: ".\r", kept: nil),
    // And what each of these is kept as, once the end has come.
    Sample(wire: "a\n.\nb\r\n.\r\n", kept: "a\r\n.\r\nb\r\n", findings: .bareLF),
    Sample(wire: "a\n.\r\nb\r\n.\r\n", kept: "a\r\n.\r\nb\r\n", findings: .bareLF),
    Sample(wire: "a\r\n.\nb\r\n.\r\n", kept: "a\r\n.\r\nb\r\n", findings: .bareLF),
    Sample(wire: "a\r.\rb\r\n.\r\n", kept: "a\r\n.\r\nb\r\n", findings: .bareCR),
    Sample(wire: "a\r\n.\rb\r\n.\r\n", kept: "a\r\n.\r\nb\r\n", findings: .bareCR),
    Sample(wire: "a\r\n.\r\r\nb\r\n.\r\n", kept: "a\r\n.\r\n\r\nb\r\n", findings: .bareCR),
    Sample(wire: "a\n..b\r\n.\r\n", kept: "a\r\n.b\r\n", findings: .bareLF),
    Sample(wire: "a\r\r\nb\r\n.\r\n", kept: "a\r\n\r\nb\r\n", findings: .bareCR),
    // The octets CRLF.CRLF are all there, so this is the end, whatever stands before them.
    Sample(wire: "a\r\r\n.\r\nQUIT", kept: "a\r\n\r\n", rest: "QUIT", findings: .bareCR),
    Sample(wire: "\n.\r\n.\r\nQUIT", kept: "\r\n.\r\n", rest: "QUIT", findings: .bareLF),
    Sample(wire: "caf\u{E9}\0\r\n.\r\n", kept: "caf\u{E9}\0\r\n", findings: [.eightBit, .nul]),
  ]

  @Test(arguments: samples, Pieces.allWays)
  func `a message ends at CRLF dot CRLF and at nothing else`(sample: Sample, cut: Pieces) {
    let decoded = decode(Array(sample.wire.utf8), cut)
    #expect(decoded.isComplete == (sample.kept != nil))
    if let kept = sample.kept { #expect(readable(decoded.kept) == readable(kept.utf8)) }
    #expect(readable(decoded.rest) == readable(sample.rest.utf8))
    #expect(decoded.findings == sample.findings)
  }

  /// The scan takes 64 octets at a time, so whatever it looks for is put at each place of a block.
  @Test(arguments: ["\r", "\n", "\r\n", "\r\n.", "\r\n..", "\n.", "\r.", "\0", "\u{E9}", "\r\n.\r\n"], 0..<140)
  func `it does not matter where in the data a mark stands`(mark: String, offset: Int) {
    let filling = [UInt8](repeating: 120, count: offset)
    let wire = filling + Array(mark.utf8) + [UInt8](repeating: 121, count: 150) + Array("\r\n.\r\n".utf8)
    let byOctet = decode(wire, .octetByOctet)
    let whole = decode(wire)
    #expect(whole.kept == byOctet.kept)
    #expect(whole.findings == byOctet.findings)
    #expect(whole.rest == byOctet.rest)
    #expect(wire.count - whole.rest.count == Oracle.end(of: wire))
  }

  @Test func `whatever is received, only CRLF dot CRLF ends it, and what is kept has whole lines`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    for round in 0..<600 {
      let wire = nastyText(&random, length: Int.random(in: 0...300, using: &random))
      let end = Oracle.end(of: wire)
      for cut in [Pieces.whole, .octetByOctet, .atRandom(seed: random.next())] {
        let decoded = decode(wire, cut)
        #expect(decoded.isComplete == (end != nil), "round \(round), \(cut): \(readable(wire))")
        if let end {
          #expect(decoded.rest == Array(wire[end...]), "round \(round), \(cut): \(readable(wire))")
          #expect(Oracle.isCanonical(decoded.kept), "round \(round), \(cut): \(readable(wire))")
          #expect(decoded.kept.isEmpty || decoded.kept.suffix(2) == [13, 10])
        }
      }
    }
  }

  @Test func `a client that has never sent a CR may end with LF dot LF, up to its first CR`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    for round in 0..<600 {
      var wire = nastyText(&random, length: Int.random(in: 0...300, using: &random))
      if !round.isMultiple(of: 3) {
        let first = Int.random(in: 0...wire.count, using: &random)
        wire = wire[..<first].filter { $0 != 13 } + wire[first...]
      }
      let end = Oracle.end(ofFirst: wire)
      for cut in [Pieces.whole, .octetByOctet, .atRandom(seed: random.next())] {
        let decoded = decode(wire, cut, endsAtBareLF: true)
        #expect(decoded.isComplete == (end != nil), "round \(round), \(cut): \(readable(wire))")
        if let end {
          #expect(decoded.rest == Array(wire[end...]), "round \(round), \(cut): \(readable(wire))")
          #expect(Oracle.isCanonical(decoded.kept), "round \(round), \(cut): \(readable(wire))")
        }
      }
    }
  }

  @Test(arguments: [("a\n.\n", true), ("a\r\n.\n", true), (".\n", true), ("a\r\n.\r\n", false), ("a.\n", false)])
  func `a dot that was no end for want of CRLF is remembered`(wire: String, isBare: Bool) {
    var decoder = DotDecoder()
    var kept: [UInt8] = []
    _ = Array(wire.utf8).withUnsafeBytes { decoder.decode($0, into: &kept) }
    #expect(decoder.hasBareEnd == isBare)
  }

  @Test func `what is sent decodes to the same message and cannot be read as two`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    for round in 0..<600 {
      let message = nastyText(&random, length: Int.random(in: 0...300, using: &random))
      let wire = encode(message, round.isMultiple(of: 2) ? .whole : .atRandom(seed: random.next()))
      var expected = Oracle.lines(message)
      if !expected.isEmpty, expected.suffix(2) != [13, 10] { expected += [13, 10] }

      #expect(Oracle.end(of: wire) == wire.count, "round \(round): \(readable(wire))")
      #expect(Oracle.isCanonical(wire), "round \(round): \(readable(wire))")
      let decoded = decode(wire)
      #expect(decoded.kept == expected, "round \(round): \(readable(message))")
      #expect(decoded.rest.isEmpty)

      // A server that takes CR or LF for line ends must see one end too: no line is a lone dot but the last.
      let lines = Oracle.lines(wire).split(separator: 13, omittingEmptySubsequences: false)
      #expect(lines.filter { $0.drop { $0 == 10 } == [46] }.count == 1, "round \(round): \(readable(wire))")
    }
  }

  @Test func `a message without a last line end gets one, and an empty one stays empty`() {
    #expect(encode(Array("a".utf8)) == Array("a\r\n.\r\n".utf8))
    #expect(encode(Array("a\r".utf8)) == Array("a\r\n.\r\n".utf8))
    #expect(encode([]) == Array(".\r\n".utf8))
  }

  @Test func `an encoder that has finished begins anew`() {
    var encoder = DotEncoder()
    var wire: [UInt8] = []
    for _ in 0..<2 {
      Array("x".utf8).withUnsafeBytes { encoder.encode($0, into: &wire) }
      encoder.finish(into: &wire)
      Array(".".utf8).withUnsafeBytes { encoder.encode($0, into: &wire) }
      encoder.finish(into: &wire)
    }
    #expect(wire == Array("x\r\n.\r\n..\r\n.\r\nx\r\n.\r\n..\r\n.\r\n".utf8))
  }

  @Test func `plain text is handed on in one piece`() {
    let line = String(repeating: "x", count: 70) + "\r\n"
    let wire = Array((String(repeating: line, count: 1_000) + ".\r\n").utf8)
    var decoder = DotDecoder()
    var pieces: [Int] = []
    _ = wire.withUnsafeBytes { octets in decoder.decode(octets) { pieces.append($0.count) } }
    #expect(pieces == [72_000])
  }

  @Test func `in a chunk dots mean nothing and lines end as everywhere`() {
    var random = SeededRandom(seed: TestSeed.ofThisRun)
    for round in 0..<400 {
      let content = nastyText(&random, length: Int.random(in: 0...300, using: &random))
      for cut in [Pieces.whole, .octetByOctet, .atRandom(seed: random.next())] {
        #expect(chunk(content, cut).kept == Oracle.lines(content), "round \(round), \(cut): \(readable(content))")
      }
    }
    #expect(chunk(Array("a\n.\r\n\r".utf8)).findings == [.bareLF, .bareCR])
  }

  @Test(arguments: Pieces.allWays)
  func `a chunk takes its octets and leaves the next command, and a line end may lie across two`(cut: Pieces) {
    var decoder = ChunkDecoder()
    var kept: [UInt8] = []
    var rest = Array("ab\r|\ncd|QUIT\r\n".utf8.filter { $0 != UInt8(ascii: "|") })
    for size in [3, 3] {
      decoder.begin(octets: size)
      let chunk = Array(rest.prefix(size))
      for piece in cut.pieces(of: chunk) { _ = piece.withUnsafeBytes { decoder.decode($0, into: &kept) } }
      #expect(decoder.isComplete)
      rest.removeFirst(size)
      #expect(rest.withUnsafeBytes { decoder.decode($0, into: &kept) } == 0)
    }
    decoder.finish(into: &kept)
    #expect(kept == Array("ab\r\ncd".utf8))
    #expect(rest == Array("QUIT\r\n".utf8))
    #expect(decoder.findings.isEmpty)
  }
}
