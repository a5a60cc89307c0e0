// Each line of the old files is told exactly once.

import Testing

@testable import Import

struct `What is said of the lines of an old configuration` {
  private func line(_ number: Int, of file: String = "/f") -> SourceLine { SourceLine(file: file, line: number) }

  private func settled(_ lines: ClosedRange<Int>, _ tell: (inout ImportLedger) -> Void) -> [String] {
    var ledger = ImportLedger()
    for number in lines { ledger.expect(line(number)) }
    tell(&ledger)
    return ledger.settle(isUseful: true).map { "\($0.kind.rawValue) \($0.places) \($0.sentence)" }
  }

  @Test func `is that it is left out, where no rule speaks of it, and its name only where it looks like one`() {
    let told = settled(1...4) { ledger in
      ledger.name(line(1), "biff")
      ledger.name(line(2), "hunter2")
      ledger.name(line(4), "recipient_delimiter")
    }
    #expect(
      told == [
        "left_out /f:1, 4 Without a counterpart: biff, recipient_delimiter.",
        "left_out /f:2, 3 Not understood, and not shown, for it may be a secret.",
      ])
  }

  @Test func `is one finding, whoever speaks of it, and changed where they differ`() {
    let told = settled(1...1) { ledger in
      ledger.tell(ImportFinding(.carried, [line(1)], "Mail goes out."))
      ledger.tell(ImportFinding(.leftOut, [line(1)], "A second server is none."))
      ledger.tell(ImportFinding(.carried, [line(1)], "Mail goes out."))
    }
    #expect(told == ["changed /f:1 Mail goes out. A second server is none."])
  }

  @Test func `is of the first that it belongs to, unless something is said of itself`() {
    let told = settled(1...5) { ledger in
      ledger.tell(ImportFinding(.carried, [line(1), line(3)], "One."))
      ledger.tell(ImportFinding(.carried, [line(2), line(3)], "Two."))
      ledger.tell(ImportFinding(.changed, [line(4)], "Four."))
      ledger.join([line(4), line(5)], to: line(2))
      ledger.join([line(5)], to: line(1))
    }
    #expect(told == ["carried /f:1, 3 One.", "carried /f:2, 5 Two.", "changed /f:4 Four."])
  }

  @Test func `is the same for settings of which the same is said`() {
    let told = settled(1...4) { ledger in
      for number in 1...4 { ledger.group(line(number), .carried, "Nothing needs to take their place") }
      ledger.name(line(1), "biff")
      ledger.name(line(2), "readme_directory")
      ledger.tell(ImportFinding(.changed, [line(4)], "Four."))
    }
    #expect(
      told == ["changed /f:4 Four.", "carried /f:1–3 Nothing needs to take their place: biff, readme_directory."])
  }

  @Test func `has an end, however many lines there are`() {
    let told = settled(1...5000) { ledger in
      for number in 1...5000 { ledger.tell(ImportFinding(.leftOut, [line(number)], "\(number)")) }
    }
    #expect(told.count == 1001)
    #expect(told.last == "changed /f:1001–5000 More than 1000 findings: of these lines nothing is told.")
  }

  @Test(arguments: ImportCase.all)
  func `is told once of each line of an example`(example: ImportCase) throws {
    let findings = try example.report().plan.findings
    let places = findings.flatMap(\.sources)
    #expect(Set(places).count == places.count)
    // What continues a line belongs to it, a remark says nothing, and a file of tokens is one statement.
    for path in example.paths where places.contains(where: { $0.file == path }) && !path.hasPrefix("/var/spool") {
      for (index, text) in example.lines(of: path).enumerated() where Self.isStatement(text) {
        let place = SourceLine(file: path, line: index + 1)
        #expect(places.contains(place) || Self.opensBlock(text) || Self.isJSON(path), "\(place): \(text)")
      }
    }
  }

  private static func isStatement(_ text: String) -> Bool {
    guard let first = text.first else { return false }
    return !" \t#;{}".contains(first) && text != "---"
  }

  private static func opensBlock(_ text: String) -> Bool { text.hasSuffix(":") }
  private static func isJSON(_ path: String) -> Bool { path.contains("sasl-xoauth2") || path.contains("tokens") }
}
