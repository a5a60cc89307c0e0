// What each command's --help shows as an example can be copied from a terminal of 80 columns and typed.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The help of each command` {
    private struct Command: Decodable {
      let commandName: String
      let shouldDisplay: Bool
      let subcommands: [Command]?

      /// The words of every command that people are told of, `[]` for the program itself.
      var all: [[String]] {
        let shown = (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
        return [[]] + shown.flatMap { command in command.all.map { [command.commandName] + $0 } }
      }
    }

    private func commands() async throws -> [[String]] {
      struct Dump: Decodable { let command: Command }
      let json = try await run(Relay.binary, ["--experimental-dump-help"]).wentWell().output
      return try JSONDecoder().decode(Dump.self, from: Data(json.utf8)).command.all
    }

    /// Each line that is a command, joined with the lines it goes on in.
    private func examples(in help: String) -> [String] {
      let lines = help.components(separatedBy: "USAGE:")[0].components(separatedBy: "\n")
      var examples: [String] = []
      var goesOn = false
      var isInside = false
      for line in lines.map({ $0.replacing("Example: letterhead", with: "  letterhead") }) {
        if goesOn {
          examples[examples.count - 1] += line
        } else if line.hasPrefix("  letterhead ") {
          examples.append(line)
        } else {
          #expect(!isInside || line.isEmpty, "cut off by the terminal's edge: \(examples.last ?? "")")
        }
        isInside = goesOn || line.hasPrefix("  letterhead ")
        goesOn = isInside && line.hasSuffix("\\")
      }
      return examples.map { $0.replacing("\\", with: "") }
    }

    @Test func `is no wider than the terminal`() async throws {
      for words in try await commands() {
        let help = try await run(Relay.binary, words + ["--help"]).wentWell().output
        let refusal = try await run(Relay.binary, words + ["--nope"])
        #expect(refusal.status == 64, "\(refusal)")
        let usage = try #require(refusal.errors.firstRange(of: "Usage: "), "\(refusal)")
        for line in (help + refusal.errors[usage.lowerBound...]).split(separator: "\n") {
          #expect(line.count <= 80, "\(words): \(line)")
        }
      }
    }

    @Test func `is had for the commands of a command, by either way`() async throws {
      let help = try await run(Relay.binary, ["help", "queue", "delete"]).wentWell().output
      #expect(help == (try await run(Relay.binary, ["queue", "delete", "--help"]).wentWell().output))
      #expect(help.contains("USAGE: letterhead queue delete [--config <file>]"))
    }

    @Test(arguments: [
      (["help", "nope"], "Error: There is no command \"nope\". Run: letterhead --help\n"),
      (["nope"], "Error: There is no command \"nope\". Run: letterhead --help\n"),
      (["stauts"], "Error: There is no command \"stauts\". Perhaps: letterhead status\n"),
      (["queue", "delet", "17"], "Error: There is no command \"queue delet\". Perhaps: letterhead queue delete\n"),
      (
        ["retry", "--all"],
        "Error: There is no command \"retry\". Perhaps: letterhead queue retry, or letterhead sent retry\n"
      ),
    ])
    func `is not shown in place of a command that is none`(words: [String], said: String) async throws {
      let refusal = try await run(Relay.binary, words)
      #expect(refusal.status == 64 && refusal.output.isEmpty && refusal.errors == said, "\(refusal)")
    }

    /// As its help tells them, without that of a command written wrongly. Most end as the program's help says for all.
    private func exitCodes(of command: String) async throws -> [Int] {
      let help = try await run(Relay.binary, [command, "--help"]).wentWell().output
      let block = help.components(separatedBy: "\nExit codes:\n").dropFirst().first?.components(separatedBy: "\n\n")[0]
      return block.map { $0.matches(of: #/(?m)^  ([0-9]+) /#).compactMap { Int($0.output.1) } } ?? [0, 1]
    }

    @Test func `has examples that are whole and understood`() async throws {
      let commands = try await commands()
      #expect(commands.contains(["queue", "retry"]) && commands.contains(["connect"]))
      for words in commands {
        let help = try await run(Relay.binary, words + ["--help"]).wentWell().output
        let examples = examples(in: help)
        #expect(!examples.isEmpty, "\(words)")
        for example in examples {
          // Without a configuration nothing is done, and the command ends as its help says.
          let typed = example.components(separatedBy: " > ")[0].replacing(
            "  letterhead", with: Relay.binary, maxReplacements: 1)
          let line = typed + (typed.contains("--config") ? "" : " --config /nonexistent/letterhead.toml")
          let finished = try await run("sh", ["-c", line])
          let codes = try await exitCodes(of: String(example.split(separator: " ")[1]))
          #expect(codes.contains(finished.status), "\(example): \(finished)")
        }
      }
    }
  }
}
