// `letterhead setup` by the real command: from nothing to a message that went out.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Setting up` {
    private let directory: TemporaryDirectory
    private var file: String { directory.path("letterhead.toml") }

    init() throws { directory = try TemporaryDirectory() }

    private func setup(_ words: String...) async throws -> Finished {
      try await run(Relay.binary, ["setup", "--config", file] + words)
    }

    private var isEmpty: Bool { (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) == [] }

    @Test func `is told of with the configuration that was named`() async throws {
      let missing = "/nonexistent/letterhead.toml"
      let refused = try await run(Relay.binary, ["check", "--config", missing])
      #expect(refused.errors.contains("To make one, run: letterhead setup --config \(missing)\n"), "\(refused)")
    }

    @Test func `by options leads to a relay that sends what the printed command hands in`() async throws {
      let port = Ports.unused()
      let done = try await setup(
        "--yes", "--name", "Acme S.p.A.", "--address", "office@acme.invalid", "--provider", "sandbox", "--listen",
        "127.0.0.1:\(port)"
      ).wentWell()
      #expect(done.output.contains("\(file) is written.") && done.output.contains("acme is connected"), "\(done)")
      let serving = try await LiveCommand(Relay.binary, ["serve", "--config", file])
      try await eventually("the relay runs") { try await run(Relay.binary, ["status", "--config", file]).status == 0 }
      let lines = done.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let first = try #require(lines.first { $0.hasPrefix("bash -c") })
      let sent = try await run("sh", ["-c", first]).wentWell()
      #expect(sent.output.contains("\n250 2.0.0"), "\(sent)")
      let status = try #require(lines.first { $0.hasPrefix("letterhead status") })
      try await eventually("it went out") {
        let told = try await run("sh", ["-c", status.replacing("letterhead status", with: "'\(Relay.binary)' status")])
        return told.output.contains("1 accepted, 1 delivered")
      }
      _ = serving
    }

    @Test func `asks at a terminal, one thing after the other, and asks again what cannot be meant`() async throws {
      let port = Ports.unused()
      let answers = ["Brand B", "", "office", "office@brandb.invalid", "sandbox", "127.0.0.1:\(port)", "", "y", "n"]
      let command = "'\(Relay.binary)' setup --config '\(file)'"
      let done = try await run(
        "script", ["-qec", command, "/dev/null"], input: answers.joined(separator: "\n") + "\n")
      #expect(done.status == 0, "\(done)")
      #expect(done.output.contains("Short name [brand]:") && done.output.contains("is no mail address"), "\(done)")
      #expect(
        done.output.contains("Later, connect the mailbox: letterhead connect brand --provider sandbox"), "\(done)")
      let checked = try await run(Relay.binary, ["check", "--config", file]).wentWell()
      #expect(checked.output.contains("sending as brand"), "\(checked)")
    }

    @Test func `never touches a configuration that has an entity`() async throws {
      let text = "[entity.acme]\nname = \"Acme\"\n"
      try directory.write(text, to: "letterhead.toml")
      let refused = try await setup("--yes", "--name", "B", "--address", "a@b.invalid", "--provider", "sandbox")
      #expect(refused.status == 1 && refused.errors.contains("has an entity already (acme)"), "\(refused)")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }

    @Test(arguments: [
      ([], "Without a terminal nobody can be asked"), (["--yes"], "Say it with --name"),
      (
        ["--yes", "--name", "A", "--address", "a@b.invalid", "--smtp", "nonsense"],
        "--provider, or --smtp: \"nonsense\""
      ),
      (["--name", "A", "--listen", "0.0.0.0:25"], "--listen: 0.0.0.0:25 can be reached from other hosts"),
    ])
    func `writes nothing before it knows everything`(words: [String], sentence: String) async throws {
      let refused = try await run(Relay.binary, ["setup", "--config", file] + words)
      #expect(refused.status == 1 && refused.errors.contains(sentence), "\(refused)")
      #expect(isEmpty)
    }

    @Test func `goes on where it was broken off before it connected, and makes the folders of the file`() async throws {
      let file = directory.path("srv/trial/letterhead.toml")
      let password = try directory.write("secret\n", to: "password")
      let cut = try await run(
        Relay.binary,
        [
          "setup", "--config", file, "--yes", "--name", "Acme", "--address", "a@acme.invalid", "--smtp", "127.0.0.1:1",
          "--password-file", password,
        ])
      #expect(cut.status == 1 && cut.errors.contains("nothing listens on port 1"), "\(cut)")
      let before = try String(contentsOfFile: file, encoding: .utf8)
      let other = try await run(
        Relay.binary,
        ["setup", "--config", file, "--yes", "--name", "B", "--address", "b@b.invalid", "--provider", "sandbox"])
      #expect(other.status == 1 && other.errors.contains("has an entity already (acme)"), "\(other)")
      let done = try await run(
        Relay.binary, ["setup", "--config", file, "--yes", "--address", "a@acme.invalid", "--provider", "sandbox"]
      ).wentWell()
      #expect(done.output.contains("no mailbox is connected to it yet"), "\(done)")
      #expect(done.output.contains("acme is connected"), "\(done)")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
      let state = try FileManager.default.attributesOfItem(atPath: directory.path("srv/trial/state"))
      #expect(state[.posixPermissions] as? Int == 0o700)
    }

    @Test(arguments: [
      ("--password-file", "The password file /nowhere/it cannot be read"),
      ("--ca-file", "The file /nowhere/it of --ca-file cannot be read"),
    ])
    func `looks at the files that it is given before it asks or writes`(option: String, sentence: String) async throws {
      let refused = try await setup("--name", "A", option, "/nowhere/it")
      #expect(refused.status == 1 && refused.errors.contains(sentence), "\(refused)")
      #expect(isEmpty)
    }

    @Test(arguments: ["check", "status"])
    func `is what to do where nothing is configured`(command: String) async throws {
      try directory.write("status_file = \"\(directory.path("status.json"))\"\n", to: "letterhead.toml")
      let told = try await run(Relay.binary, [command, "--config", file])
      #expect(told.status != 0 && told.errors.contains("run: letterhead setup"), "\(told)")
    }

    @Test func `leaves nothing behind when it is broken off`() async throws {
      let command = "'\(Relay.binary)' setup --config '\(file)'"
      let ended = try await run("script", ["-qec", command, "/dev/null"], input: "Acme\nacme\n\u{3}")
      #expect(ended.status != 0, "\(ended)")
      #expect(isEmpty)
    }
  }
}
