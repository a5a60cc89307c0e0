// The help on a terminal, and what is said of a command that is none.

import Testing

@testable import Letterhead

@Suite struct HelpLayoutTests {
  @Test(arguments: ["USAGE", "Usage"])
  func `a usage is broken between options where the terminal ends`(word: String) {
    let usage = "\(word): letterhead queue list [--config <file>] [--json] <id> ... --from <address> [<id> ...]"
    #expect(
      HelpLayout.arranged("Error: no\n\(usage)\n\nmore", to: 48) == """
        Error: no
        \(word): letterhead queue list [--config <file>]
                 [--json] <id> ... --from <address>
                 [<id> ...]

        more
        """)
  }

  @Test func `a usage that fits stays as it is, and one word may be longer than the terminal is wide`() {
    let short = "USAGE: letterhead check [--config <file>]"
    #expect(HelpLayout.arranged(short, to: 80) == short)
    #expect(
      HelpLayout.arranged("USAGE: letterhead app --client-secret-command <command>", to: 20)
        == "USAGE: letterhead\n         app\n         --client-secret-command <command>")
  }

  @Test func `a group of commands is headed by its name alone`() {
    #expect(
      HelpLayout.arranged("MAILBOXES SUBCOMMANDS:\n  test\nSUBCOMMANDS:\n", to: 80)
        == "MAILBOXES:\n  test\nSUBCOMMANDS:\n")
  }
}

@Suite struct UnknownCommandTests {
  private func sentence(_ line: String) throws -> String? {
    let program = try CommandDump(json: HelpSample.json)
    return UnknownCommand(in: line.split(separator: " ").map(String.init), of: program).map { "\($0)" }
  }

  @Test(arguments: [
    ("nope", "There is no command \"nope\". Run: letterhead --help"),
    ("queu", "There is no command \"queu\". Perhaps: letterhead queue"),
    ("tarce ada@example.org", "There is no command \"tarce\". Perhaps: letterhead trace"),
    ("tr 17", "There is no command \"tr\". Perhaps: letterhead trace"),
    ("app lst", "There is no command \"app lst\". Perhaps: letterhead app list"),
    // The right command, a step too high.
    ("delete 17", "There is no command \"delete\". Perhaps: letterhead queue delete"),
    ("deny x", "There is no command \"deny\". Perhaps: letterhead app deny"),
    ("help nope", "There is no command \"nope\". Run: letterhead --help"),
    ("help queue delet", "There is no command \"queue delet\". Perhaps: letterhead queue delete"),
    ("help trace 17", "There is no command \"trace 17\". Run: letterhead trace --help"),
    // Nobody is told of it.
    ("secre", "There is no command \"secre\". Run: letterhead --help"),
  ])
  func `is named, with what is like it`(line: String, said: String) throws {
    #expect(try sentence(line) == said)
  }

  /// `queue show`, which is what `queue` alone means, takes words of its own.
  @Test(arguments: [
    "", "--version", "trace", "trace nope", "queue delete nope", "queue nope", "app", "app --nope", "help", "help help",
    "help queue delete", "secret nope", "--nope nope",
  ])
  func `is none where every word is one, or no command's name`(line: String) throws {
    #expect(try sentence(line) == nil)
  }
}
