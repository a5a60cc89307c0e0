// The manual pages: text is text, each key and each command has its entry, and the same input gives the same page.

import Foundation
import Testing

@testable import Letterhead

private let edition = ManPageEdition(day: "2026-11-29", version: "1.2.3")

@Suite struct ManPageTests {
  @Test(arguments: [
    ("plain", "plain"), ("a-b", "a\\-b"), ("C:\\x", "C:\\ex"), (".SH no request", ".SH no request"),
    ("it's ^~", "it\\(aqs \\(ha\\(ti"), ("two\nlines", "two lines"), ("etc…", "etc..."),
  ])
  func `what means something to roff is escaped`(text: String, escaped: String) {
    #expect(RoffText.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("run `letterhead check` now", "run \\fBletterhead check\\fR now"), ("an odd ` alone", "an odd \\(ga alone"),
  ])
  func `what stands between backquotes is bold`(text: String, marked: String) {
    #expect(RoffText.marked(text) == marked)
  }

  @Test func `no line of text is read as a request`() {
    var page = RoffText(title: "x", section: 1, day: "", version: "1")
    page.line(".SH hidden")
    page.line("'quoted")
    page.line("")
    page.example([".so /etc/passwd", ""])
    #expect(
      page.text == """
        .TH "X" 1 "" "Letterhead 1"
        .nh
        .ad l
        \\&.SH hidden
        \\(aqquoted
        \\&
        .PP
        .nf
        .RS 2
        \\&.so /etc/passwd
        \\&
        .RE
        .fi

        """)
  }

  @Test func `a help is taken apart into prose, what is shown as it is, and examples`() {
    let help = HelpText(
      """
      First line.
      Second line.

      Steps:

        letterhead setup
        letterhead status

      Afterwards.

      Examples:
        letterhead queue \\
          --all
        letterhead queue
      """)
    #expect(
      help.prose == [
        ["First line.", "Second line."], ["Steps:"], ["  letterhead setup", "  letterhead status"], ["Afterwards."],
      ])
    #expect(help.typed == ["letterhead queue \\", "  --all", "letterhead queue"])
    #expect(HelpText("A failed one.\n\nExample: letterhead queue retry 17").typed == ["letterhead queue retry 17"])
    #expect(HelpText(nil) == HelpText(""))
  }

  @Test func `exit codes end no prose, and go on in lines that are indented further`() {
    let help = HelpText(
      """
      Looks.

      Exit codes:
        0   all is
            well
        75  it waits
      More words.

      Example: letterhead queue
      """)
    #expect(help.exitCodes.map(\.code) == ["0", "75"])
    #expect(help.exitCodes.map(\.sentence) == ["all is well", "it waits"])
    #expect(help.prose == [["Looks."], ["More words."]])
    #expect(help.typed == ["letterhead queue"])
  }

  @Test func `every key of every table is in letterhead_toml`() {
    let text = ConfigurationManPage.page(edition).text
    for table in ConfigurationTables.descriptions {
      #expect(!table.keys.isEmpty)
      for key in table.keys {
        #expect(text.contains("\n.TP\n\(RoffText.bold(key.name)) = "), "\(table.header ?? ""): \(key.name)")
      }
    }
    #expect(text.hasPrefix(".TH \"LETTERHEAD.TOML\" 5 \"2026-11-29\" \"Letterhead 1.2.3\"\n"))
  }

  private func pages() throws -> [ManPage] {
    let program = try CommandDump(json: HelpSample.json)
    return CommandManPages(program, topics: [CommandTopic("Mail", ["queue", "trace"])], edition).all
  }

  @Test func `the program's page has each command in its group, the exit codes and the other pages`() throws {
    let pages = try pages()
    #expect(pages.map(\.fileName) == ["letterhead.1", "letterhead-queue.1", "letterhead-trace.1", "letterhead-app.1"])
    let text = pages[0].text
    #expect(
      text.contains(
        ".SS \"Mail\"\n.TP\n\\fBletterhead\\-queue\\fR(1)\nSee the mail.\n"
          + "Its commands: \\fBshow\\fR, \\fBdelete\\fR.\n"))
    #expect(text.contains(".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\ndone\n"))
    #expect(text.contains(".TP\n\\fB75\\fR\nit waits\n"))
    #expect(text.contains("\\fBletterhead\\-trace\\fR(1),\n") && text.contains("\\fBletterhead\\-sendmail\\fR(8)\n"))
    #expect(!text.contains("secret") && !text.contains("Exit codes"))
  }

  @Test func `a command's page has its usage, its options with values and defaults, and its own commands`() throws {
    let text = try pages()[1].text
    #expect(
      text.contains(
        ".SY \"letterhead queue show\"\n[\\fB\\-\\-config\\fR\\ \\fIfile\\fR]\n[\\fB\\-\\-json\\fR]\n"
          + "\\fIid\\fR\\ ...\\&\n.YS\n"))
    #expect(
      text.contains(".TP\n\\fB\\-\\-state\\fR \\fIstate\\fR\nIn this state.\nOne of: held, failed.\nDefault: held.\n"))
    #expect(text.contains(".SS \"letterhead queue show\"\n"))
    #expect(!text.contains("hidden") && !text.contains("Show help"))
  }

  @Test func `what all of a command's own commands take stands there once`() throws {
    let text = try pages()[1].text
    #expect(text.ranges(of: "\nThe file.\n").count == 1)
    #expect(
      text.contains(
        "Each of these commands takes:\n.TP\n\\fB\\-\\-config\\fR \\fIfile\\fR\nThe file.\nDefault: /etc/x.\n"))
  }

  @Test(arguments: [
    ("letterhead-queue", ["0", "1", "64"], "done"), ("letterhead-trace", ["1", "64"], "nothing was found"),
  ])
  func `a command without exit codes of its own ends as the program says`(
    name: String, codes: [String], sentence: String
  ) throws {
    let page = try #require(try pages().first { $0.name == name })
    let status = page.text.components(separatedBy: ".SH \"EXIT STATUS\"\n")[1].components(separatedBy: ".SH ")[0]
    #expect(status.matches(of: #/\.TP\n\\fB([0-9]+)/#).map { String($0.output.1) } == codes)
    #expect(status.contains("\n\(sentence)\n"))
  }

  @Test func `a flag and its contrary are one item`() throws {
    #expect(
      try pages()[2].text.contains(
        ".TP\n\\fB\\-\\-sent\\fR, \\fB\\-\\-no\\-sent\\fR\nWhat was sent.\n.SH"))
  }

  @Test func `a page names those of its group`() throws {
    #expect(
      try pages()[2].text.hasSuffix(
        ".SH \"SEE ALSO\"\n\\fBletterhead\\fR(1),\n\\fBletterhead\\-queue\\fR(1),\n\\fBletterhead.toml\\fR(5)\n"))
  }
}
