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

  @Test func `a command's page has its usage, its options with their defaults, and its own commands`() throws {
    let program = try CommandDump(json: dump)
    let pages = CommandManPages(program, edition).all
    #expect(pages.map(\.fileName) == ["letterhead.1", "letterhead-queue.1"])
    #expect(pages[0].text.contains(".TP\n\\fBletterhead\\-queue\\fR(1)\nSee the mail.\n"))
    #expect(
      pages[1].text.contains(
        "\\fBletterhead queue show\\fR [\\fB\\-\\-config\\fR \\fIfile\\fR] [\\fB\\-\\-json\\fR] \\fIid\\fR ...\n"))
    #expect(pages[1].text.contains(".TP\n\\fB\\-\\-config\\fR \\fIfile\\fR\nThe file.\nDefault: /etc/x.\n"))
    #expect(pages[1].text.contains(".SS \"letterhead queue show\"\n"))
    #expect(!pages[1].text.contains("hidden") && !pages[1].text.contains("Show help"))
  }

  private let dump = """
    {"serializationVersion": 0, "command": {"commandName": "letterhead", "abstract": "A relay.", "subcommands": [
      {"commandName": "queue", "superCommands": ["letterhead"], "abstract": "See the mail.", "defaultSubcommand": "show",
       "discussion": "Works.\\n\\nExample: letterhead queue", "subcommands": [
        {"commandName": "show", "superCommands": ["letterhead", "queue"], "abstract": "Show one.", "arguments": [
          {"kind": "option", "names": [{"kind": "long", "name": "config"}], "preferredName": {"kind": "long", "name": "config"},
           "valueName": "file", "abstract": "The file.", "defaultValue": "/etc/x", "isOptional": true, "isRepeating": false,
           "shouldDisplay": true},
          {"kind": "flag", "names": [{"kind": "long", "name": "json"}], "preferredName": {"kind": "long", "name": "json"},
           "isOptional": true, "isRepeating": false, "shouldDisplay": true},
          {"kind": "flag", "names": [{"kind": "long", "name": "secret"}], "preferredName": {"kind": "long", "name": "secret"},
           "abstract": "hidden", "isOptional": true, "isRepeating": false, "shouldDisplay": false},
          {"kind": "flag", "names": [{"kind": "long", "name": "help"}], "preferredName": {"kind": "long", "name": "help"},
           "abstract": "Show help information.", "isOptional": true, "isRepeating": false, "shouldDisplay": true},
          {"kind": "positional", "valueName": "id", "abstract": "Which.", "isOptional": false, "isRepeating": true,
           "shouldDisplay": true}]}]},
      {"commandName": "secret", "shouldDisplay": false, "superCommands": ["letterhead"]},
      {"commandName": "help", "superCommands": ["letterhead"]}]}}
    """
}
