import SMTP
import Support
import Testing

private func lines(_ wire: String, limit: Int = 64, _ cut: Pieces = .whole) -> [Line] {
  var buffer = LineBuffer()
  var lines: [Line] = []
  for piece in cut.pieces(of: Array(wire.utf8)) {
    buffer.append(piece)
    while let line = buffer.nextLine(limit: limit) { lines.append(line) }
  }
  return lines
}

private func octets(_ text: String) -> Line { .octets(Array(text.utf8)[...]) }

@Suite struct LineBufferTests {
  @Test(arguments: Pieces.allWays)
  func `lines end at LF, with or without CR`(cut: Pieces) {
    let expected = [octets("EHLO a"), octets("NOOP"), octets(""), octets("QUIT")]
    #expect(lines("EHLO a\r\nNOOP\n\r\nQUIT\r\r\nunfinished", cut) == expected)
  }

  @Test(arguments: Pieces.allWays)
  func `a bare CR ends no command`(cut: Pieces) {
    #expect(lines("MAIL FROM:<a@b>\rRCPT TO:<c@d>\r\n", cut) == [octets("MAIL FROM:<a@b>\rRCPT TO:<c@d>")])
  }

  @Test(arguments: Pieces.allWays)
  func `a line beyond the limit is told once, and the next is in step`(cut: Pieces) {
    let long = String(repeating: "x", count: 200)
    #expect(lines("NOOP\r\n\(long)\r\nQUIT\r\n", cut) == [octets("NOOP"), .tooLong, octets("QUIT")])
  }

  @Test(arguments: Pieces.allWays)
  func `the limit counts the line end`(cut: Pieces) {
    #expect(lines("12345678\r\n", limit: 10, cut) == [octets("12345678")])
    #expect(lines("123456789\r\nNOOP\r\n", limit: 10, cut) == [.tooLong, octets("NOOP")])
  }

  @Test func `a line that never ends takes no memory and does not look like an idle connection`() {
    var buffer = LineBuffer()
    for _ in 0..<1_000 {
      buffer.append([UInt8](repeating: 120, count: 1_000))
      #expect(buffer.nextLine(limit: 8_192) == nil)
      #expect(buffer.count < 16_384)
    }
    #expect(!buffer.isEmpty)
    buffer.append([10])
    #expect(buffer.nextLine(limit: 8_192) == .tooLong)
    #expect(buffer.isEmpty)
  }

  @Test func `what is drained is gone, and the rest is lines again`() {
    var buffer = LineBuffer()
    buffer.append(Array("DATA\r\nbody\r\n.\r\nQUIT\r\n".utf8))
    #expect(buffer.nextLine(limit: 64) == octets("DATA"))
    var drained: [UInt8] = []
    buffer.drain { waiting in
      drained = Array(waiting.prefix(9))
      return 9
    }
    #expect(drained == Array("body\r\n.\r\n".utf8))
    #expect(buffer.nextLine(limit: 64) == octets("QUIT"))
    #expect(buffer.isEmpty)
    buffer.drain { _ in
      Issue.record("there was nothing to drain"); return 0
    }
  }

  @Test func `an LF is found at each place of a long line`() {
    for length in 0..<200 {
      var buffer = LineBuffer()
      buffer.append([UInt8](repeating: 120, count: length) + [10, 120])
      #expect(buffer.nextLine(limit: 1_000) == .octets([UInt8](repeating: 120, count: length)[...]))
      #expect(buffer.count == 1)
    }
  }

  /// Lines of a session, and whether a CR was in one of them.
  @Test(
    arguments: [
      ("HELO a\nNOOP\n", false), ("HELO a\r\n", true), ("HELO\ra\n", true), ("\r\n", true),
      (String(repeating: "x", count: 100) + "\n", false), (String(repeating: "x", count: 100) + "\r\n", true),
      ("\r" + String(repeating: "x", count: 100) + "\n", true),
    ], Pieces.allWays)
  func `a CR is remembered, wherever it was`(sample: (text: String, hasReturn: Bool), cut: Pieces) {
    var buffer = LineBuffer()
    for piece in cut.pieces(of: Array(sample.text.utf8)) {
      buffer.append(piece)
      while buffer.nextLine(limit: 50) != nil {}
    }
    #expect(buffer.hasSeenReturn == sample.hasReturn)
  }
}
