// What each command's --help shows as an example can be copied from a terminal of 80 columns and typed.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The help of each command` {
    /// The words of every command, `[]` for the program itself.
    private func commands(below words: [String] = []) async throws -> [[String]] {
      let help = try await run(Relay.binary, words + ["--help"]).wentWell().output
      let list = help.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first ?? ""
      var found = [words]
      for line in list.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("   ") {
        guard let name = line.split(separator: " ").first, name != "See" else { continue }
        found += try await commands(below: words + [String(name)])
      }
      return found
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

    @Test func `has examples that are whole and understood`() async throws {
      let commands = try await commands()
      #expect(commands.contains(["queue", "retry"]) && commands.contains(["connect"]))
      for words in commands {
        let help = try await run(Relay.binary, words + ["--help"]).wentWell().output
        let examples = examples(in: help)
        #expect(!examples.isEmpty, "\(words)")
        for example in examples {
          // Without a configuration nothing is done; 2 is `doctor`, 3 is `status` without a relay, and 64 is the code for a
          // command that is written wrongly.
          let typed = example.components(separatedBy: " > ")[0].replacing(
            "  letterhead", with: Relay.binary, maxReplacements: 1)
          let line = typed + (typed.contains("--config") ? "" : " --config /nonexistent/letterhead.toml")
          let finished = try await run("sh", ["-c", line])
          #expect([0, 1, 2, 3].contains(finished.status), "\(example): \(finished)")
        }
      }
    }
  }
}
