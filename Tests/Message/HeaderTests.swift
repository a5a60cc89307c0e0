import Message
import Testing

struct `A header` {
  /// A message, the names and values found in it, and its body.
  @Test(arguments: [
    ("A: 1\nB: 2\n\nBody\n", ["A|1", "B|2"], "Body\n"),
    ("A: 1\n fold\n\tagain\nB:2\n\n", ["A|1\n fold\n\tagain", "B|2"], ""),
    // Blanks before the colon are obsolete and allowed.
    ("A  : 1\n\nx", ["A|1"], "x"),
    ("A:\n\nx", ["A|"], "x"),
    // A line of nothing but blanks belongs to the field above it.
    ("A: 1\n \nB: 2\n\nx", ["A|1\n ", "B|2"], "x"),
    ("\nBody: none\n", [], "Body: none\n"),
    ("", [], ""),
    // No header at all: the first line cannot be a field.
    ("Hello there\nA: 1\n\nx", [], "Hello there\nA: 1\n\nx"),
    (" indented text\nA: 1\n", [], " indented text\nA: 1\n"),
    ("Über: uns\n", [], "Über: uns\n"),
    (": no name\n", [], ": no name\n"),
    // The empty line is missing.
    ("A: 1\nText without a colon\nB: 2\n", ["A|1"], "Text without a colon\nB: 2\n"),
    // mbox tools leave their line on top; ours may stand above it.
    ("From ada@example.org Sun Nov 22\nA: 1\n\nx", ["A|1"], "x"),
    ("Received: r\n>From ada@example.org Sun Nov 22\nA: 1\n\nx", ["Received|r", "A|1"], "x"),
    ("From here on it is text\nand more\n", [], "From here on it is text\nand more\n"),
    ("A: 1\nB: 2\nFrom here on it is text\nC: 3\n", ["A|1", "B|2"], "From here on it is text\nC: 3\n"),
  ])
  func `is read to where the body starts`(message: String, fields: [String], body: String) {
    let bytes = wire(message)
    let header = Header(parsing: bytes)
    let read = header.fields.map { "\(text($0.nameBytes))|\(text($0.value.drop { $0 == 0x20 }))" }
    #expect(read == fields.map { text(wire($0)) })
    #expect(text(bytes[header.bodyStart...]) == text(wire(body)))
  }

  @Test func `keeps every byte of its fields, 8-bit octets, NUL and bare CR in them`() {
    let head = Array("X: ".utf8) + [0xff, 0x00, 0x0d, 0xc3] + Array("\r\ny:\t z \r\n\t\r\n\r\n".utf8)
    let header = Header(parsing: head + [0x01, 0x02])
    #expect(header.serialized() == head)
    #expect(header.octetCount == head.count)
    #expect(header.isEnded)
  }

  /// Also below the Received line that Letterhead puts on top.
  @Test(arguments: ["", "Received: from a\n\tby b; now\n"])
  func `begins behind a byte order mark`(top: String) {
    let header = Header(parsing: wire("\(top)\u{feff}Subject: x\nTo: a\n\nbody"))
    #expect(header.all(.subject).count == 1 && header.isEnded)
    #expect(text(header.serialized()) == text(wire("\(top)Subject: x\nTo: a\n\n")))
    // Text is text, with or without it, and nothing of it gets into the field above.
    for body in ["\u{feff}Dear Ada\n", "\u{feff} blank\n", "\u{feff}\n"] {
      let header = Header(parsing: wire(top + body))
      #expect(text(header.serialized()) == text(wire(top + "\n")))
    }
  }

  @Test func `that breaks off gets its line end, and says that it has not ended`() {
    for cut in ["A: 1\r\nB: 2", "A: 1\r\nB: 2\r"] {
      let header = Header(parsing: Array(cut.utf8))
      #expect(!header.isEnded)
      #expect(text(header.serialized()) == "A: 1\r\nB: 2\r\n\r\n")
      #expect(header.bodyStart == cut.utf8.count)
    }
    #expect(!Header(parsing: wire("A: 1\n")).isEnded)
  }

  @Test func `a bare LF ends a line, so that nothing hides behind it`() {
    let header = Header(parsing: Array("A: 1\nFrom: x@y.example\n\nBody".utf8))
    #expect(header.contains(.from))
    #expect(text(header.serialized()) == "A: 1\nFrom: x@y.example\n\r\n")
  }

  @Test func `is read alike from the middle of other bytes`() {
    let bytes = wire("skip this\nA: 1\nFrom: a@b.example\n\nBody")
    let header = Header(parsing: bytes[11...])
    #expect(text(header.serialized()) == "A: 1\r\nFrom: a@b.example\r\n\r\n")
    #expect(text(bytes[header.bodyStart...]) == "Body")
  }

  @Test(arguments: FieldName.allCases.filter { $0 != .other })
  func `knows a field whatever the case of its name`(name: FieldName) {
    for written in ["\(name.text)".uppercased(), "\(name.text)".lowercased()] {
      #expect(Header(parsing: wire("\(written): x\n\n")).contains(name))
    }
    #expect(!Header(parsing: wire("\(name.text)x: x\n\n")).contains(name))
  }

  // In a debug build this takes seconds. It would take hours if time grew with the square of the size.
  @Test(.timeLimit(.minutes(3))) func `with ten thousand fields, or one of a mebibyte, is read in no time`() {
    let many = (0..<10_000).map { "X-\($0): value\r\n" }.joined() + "\r\n"
    let long = "From: " + String(repeating: "(\"<,@", count: 200_000) + "\r\n\r\n"
    #expect(Header(parsing: Array(many.utf8)).fields.count == 10_000)
    #expect(rewrite(Array(long.utf8)).header.count(of: .from) == 1)
  }
}
