import Testing

@testable import Letterhead

@Suite struct LogfmtHandlerTests {
  @Test(arguments: [
    ("accepted", "accepted"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
    ("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""), ("x\nlevel=error msg=forged", "\"x\\nlevel=error msg=forged\""),
    ("\u{1B}[2J\u{9B}1m\u{7F}\u{202E}", "\"\\u{1B}[2J\\u{9B}1m\\u{7F}\\u{202E}\""),
    // A mark behind a quote makes one character of the two.
    ("\"\u{301} level=error", "\"\\\"\u{301} level=error\""), ("\r\n", "\"\\r\\n\""),
  ])
  func `a value cannot leave its place or steer a terminal`(value: String, written: String) {
    #expect(LogfmtHandler.quoted(value).unicodeScalars.elementsEqual(written.unicodeScalars))
  }
}
