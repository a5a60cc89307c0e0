// The manual pages and the completions, as they are installed.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The manual` {
    private func pages() async throws -> (directory: TemporaryDirectory, names: [String]) {
      let directory = try TemporaryDirectory()
      try await run(Relay.binary, ["man-pages", directory.path], environment: ["SOURCE_DATE_EPOCH": "1795348800"])
        .wentWell()
      let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter { $0.contains("/") }
      return (directory, names.sorted())
    }

    @Test func `has a page for each command, and each is clean`() async throws {
      let (directory, names) = try await pages()
      let help = try await run(Relay.binary, ["--help"]).wentWell().output
      let commands = help.matches(of: #/(?m)^  ([a-z][a-z-]*) {2,}[A-Z]/#).map { String($0.output.1) }
      #expect(commands.count > 15 && commands.contains("queue") && commands.contains("setup"), "\(commands)")
      let expected = ["letterhead"] + commands.filter { $0 != "help" }.map { "letterhead-\($0)" }
      #expect(Set(names) == Set(expected.map { "man1/\($0).1" } + ["man5/letterhead.toml.5"]))
      for name in names.map(directory.path) + ["\(Checkout.path)/docs/letterhead-sendmail.8"] {
        let shown = try await run(
          "man", ["--warnings", "-l", name],
          environment: ["LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANPAGER": "cat", "MANWIDTH": "80"])
        #expect(shown.status == 0 && shown.errors.isEmpty, "\(name): \(shown.errors)")
        #expect(shown.output.contains("NAME"), "\(name)")
        #expect(shown.output.contains("EXIT STATUS") == !name.hasSuffix(".5"), "\(name)")
        #expect(shown.output.contains("2026-11-22") == !name.hasSuffix(".8"), "\(name)")
        #expect(shown.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(name)")
      }
    }

    @Test func `explains every option, and has an example of every command`() async throws {
      let (directory, names) = try await pages()
      for name in names where name.hasPrefix("man1/letterhead-") {
        let text = try String(contentsOfFile: directory.path(name), encoding: .utf8)
        #expect(!text.contains(#/\.TP\n.*\n\.(TP|SH|SS|PP)/#), "an item without a sentence in \(name)")
        for part in text.components(separatedBy: ".SS \"letterhead ").dropFirst() {
          #expect(part.contains("Example"), "\(name): \(part.prefix(30))")
        }
        #expect(text.contains(".SH \"EXAMPLES\""), "\(name)")
      }
    }

    @Test func `is the same each time`() async throws {
      let (one, other) = (try await pages(), try await pages())
      try await run("diff", ["-r", one.directory.path, other.directory.path]).wentWell()
    }
  }

  @Suite struct `Completions` {
    @Test func `are generated for every shell`() async throws {
      for shell in ["bash", "zsh", "fish"] {
        let script = try await run(Relay.binary, ["--generate-completion-script", shell]).wentWell()
        #expect(script.output.contains("queue") && script.output.contains("---completion"), "\(shell)")
      }
    }

    @Test func `offer the entities, the apps and the messages of the configuration that is named`() async throws {
      let relay = try Relay(
        entities:
          "[entity.acme]\ndefault = true\n[entity.beta]\n[app.erp]\nmatch = [\"user:root\"]\n[app.crm]\nsign_in = true")
      let script = try await run(Relay.binary, ["--generate-completion-script", "bash"]).wentWell().output
      let file = try relay.directory.write(script, to: "completion.bash")
      func offered(_ words: String...) async throws -> [String] {
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let finished = try await run(
          "bash",
          [
            "-c",
            """
            PATH="$(dirname '\(Relay.binary)'):$PATH"; . '\(file)'; COMP_WORDS=(letterhead \(line))
            COMP_CWORD=\(words.count); COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
            _letterhead letterhead "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"; printf '%s\\n' "${COMPREPLY[@]}"
            """,
          ], environment: ["LETTERHEAD_CONFIG": relay.configuration])
        #expect(finished.errors.isEmpty, "\(finished)")
        return finished.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      #expect(try await offered("test", "").contains("beta"))
      #expect(try await offered("queue", "list", "--app", "") == ["erp", "crm"])
      #expect(try await offered("connect", "--provider", "infom") == ["infomaniak"])
      #expect(try await offered("queue", "show", "") == [])
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      #expect(try await offered("queue", "show", "").contains("1"))
    }

    /// In the shell itself, at a terminal, with the key that people press.
    @Test(arguments: ["bash", "zsh", "fish"])
    func `are what a shell makes of the tabulator`(shell: String) async throws {
      let relay = try Relay(
        entities: "[entity.acme]\ndefault = true\n[entity.betamax]\n[app.warehouse]\nsign_in = true")
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      let script = try await run(Relay.binary, ["--generate-completion-script", shell]).wentWell().output
      let file = try relay.directory.write(script, to: "completion.\(shell)")
      let path = "\(URL(fileURLWithPath: Relay.binary).deletingLastPathComponent().path):/usr/bin:/bin"
      for (line, word) in [
        ("letterhead que", "letterhead queue"), ("letterhead test be", "betamax"),
        ("letterhead queue list --app ware", "warehouse"), ("letterhead connect acme --provider infom", "infomaniak"),
        ("letterhead queue show ", "queue show 1"),
      ] {
        let pressed = try await run(
          "\(Checkout.path)/Tests/System/press-tab", [shell, file, line, word],
          environment: ["PATH": path, "LETTERHEAD_CONFIG": relay.configuration])
        #expect(pressed.status == 0, "\(line): \(pressed)")
      }
    }

    @Test func `offer unknown senders to whoever decides`() async throws {
      let relay = try Relay(entities: "[entity.acme]\ndefault = true\n[app.erp]\nsign_in = true")
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      let pending = try await relay.letterhead("app", "pending", "--json").wentWell().output
      let offered = try await run(
        Relay.binary,
        ["---completion", "app", "deny", "--", "positional@0", "3", "0", "letterhead", "app", "deny", ""],
        environment: ["LETTERHEAD_CONFIG": relay.configuration])
      let key = try #require(offered.output.split(separator: "\n").first, "\(offered)")
      #expect(pending.contains("\"key\" : \"\(key)\""), "\(pending)")
    }

    @Test func `say nothing where nothing can be read`() async throws {
      let finished = try await run(
        Relay.binary, ["---completion", "test", "--", "positional@0", "2", "0", "letterhead", "test", ""],
        environment: ["LETTERHEAD_CONFIG": "/nonexistent/letterhead.toml"])
      #expect(finished.output.isEmpty && finished.errors.isEmpty, "\(finished)")
    }
  }
}
