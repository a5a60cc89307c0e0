import Platform
import Testing

@Suite struct `A stranger's text` {
  /// The text, as people are shown it, and as JSON has it.
  @Test(arguments: [
    ("plain, ü, 日本 and 👩‍💻", "plain, ü, 日本 and 👩‍💻", "plain, ü, 日本 and 👩‍💻"),
    ("\u{1B}[31mred", "\\u{1B}[31mred", "\\u001b[31mred"),
    ("\u{1B}]52;c;aGk=\u{07}", "\\u{1B}]52;c;aGk=\\u{7}", "\\u001b]52;c;aGk=\\u0007"),
    ("\u{9B}2J\u{7F}", "\\u{9B}2J\\u{7F}", "\\u009b2J\\u007f"),
    ("a\r\nb\rc", "a\\u{D}\nb\\u{D}c", "a\\u000d\nb\\u000dc"),
    ("\u{202E}gpj.exe\u{2066}", "\\u{202E}gpj.exe\\u{2066}", "\\u202egpj.exe\\u2066"),
    // A mark behind a letter is in one character with it, and a mark behind a quote hides that quote.
    ("e\u{301}\u{200F}\u{61C}", "e\u{301}\\u{200F}\\u{61C}", "e\u{301}\\u200f\\u061c"),
    ("x\u{2028}y\u{85}z", "x\\u{2028}y\\u{85}z", "x\\u2028y\\u0085z"),
  ])
  func `steers neither a terminal nor the direction of writing`(text: String, shown: String, json: String) {
    #expect(text.harmless(keeping: ["\n"]).unicodeScalars.elementsEqual(shown.unicodeScalars))
    #expect(text.harmless(keeping: ["\n"]) { $0.inJSON }.unicodeScalars.elementsEqual(json.unicodeScalars))
  }

  @Test func `keeps no line end that nobody asked for`() {
    #expect("a\nb\tc".harmless() == "a\\u{A}b\\u{9}c")
  }
}
