// The queue by the real command: all mail of an entity, deletion with a question, filters, export.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The queue` {
    /// What a person at a terminal sees, who types `answer`.
    private func atTerminal(_ relay: Relay, _ words: [String], answering answer: String) async throws -> Finished {
      let command = ([Relay.binary] + words + ["--config", relay.configuration]).map { "'\($0)'" }.joined(
        separator: " ")
      return try await run("script", ["-qec", command, "/dev/null"], input: "\(answer)\n")
    }

    @Test func `holds all mail of an entity over a restart, and lets it go`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      let held = try await relay.letterhead("queue", "hold", "--entity", "acme").wentWell()
      #expect(
        held.output.contains("0 messages wait now") && held.output.contains("All mail of acme is held since"), "\(held)"
      )
      try await relay.send(to: "ada@\(freshDomain())")
      try await relay.end()
      try await relay.start()
      try await relay.send(to: "bob@\(freshDomain())")
      let listed = try await relay.letterhead("queue").wentWell()
      #expect(listed.output.contains("All mail of acme is held") && listed.output.contains("bob@"), "\(listed)")
      let status = try await relay.letterhead("status")
      #expect(status.status == 1 && status.output.contains("Problem: All mail is held by hand of: acme"), "\(status)")
      let command = "letterhead queue release --entity acme --config \(relay.configuration)"
      #expect(
        status.output.contains(command) && listed.output.contains("release --config \(relay.configuration) --entity"))
      let released = try await relay.letterhead("queue", "release", "--entity", "acme").wentWell()
      #expect(released.output == "Mail of acme goes out again. 2 messages wait for it.\n")
      try await eventually("all is delivered") { try relay.entity().totals.delivered == 2 }
      let again = try await relay.letterhead("queue", "release", "--entity", "acme")
      #expect(again.status == 1 && again.errors.contains("acme is not held."), "\(again)")
      let audit = try await relay.letterhead("audit").wentWell()
      #expect(audit.output.contains("hold") && audit.output.contains("release"), "\(audit)")
    }

    @Test(arguments: [true, false])
    func `deletes by a filter only what a person has agreed to`(isRunning: Bool) async throws {
      let relay = try Relay()
      try await relay.start()
      for name in ["ada", "bob", "eve"] { try await relay.send(to: "\(name)@example.org") }
      if !isRunning { try await relay.end() }
      let refused = try await relay.letterhead("queue", "delete", "--recipient", "ada@example.org")
      #expect(refused.status == 1 && refused.errors.contains("add --yes"), "\(refused)")
      let delete = ["queue", "delete", "--recipient", "ada@example.org"]
      let kept = try await atTerminal(relay, delete, answering: "")
      #expect(kept.output.contains("Delete 1 message (acme 1) for good? [y/N]"), "\(kept)")
      #expect(kept.output.contains("Nothing was deleted."), "\(kept)")
      let deleted = try await atTerminal(relay, delete, answering: "y")
      #expect(deleted.status == 0 && deleted.output.contains("1 message deleted."), "\(deleted)")
      // Where nothing is meant nobody is asked, so no terminal is needed.
      for words in [delete, delete + ["--yes"]] {
        let none = try await run(Relay.binary, words + ["--config", relay.configuration]).wentWell()
        #expect(none.output == "No message is meant by --recipient ada@example.org; nothing was changed.\n")
      }
      #expect(
        try await relay.letterhead("queue", "delete", "--all", "--yes").wentWell().output == "2 messages deleted.\n")
    }

    @Test func `exports a message into a file of its maker's, and never over another`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@example.org", subject: "Invoice 1001")
      let file = relay.directory.path("1.eml")
      let early = try await relay.letterhead("queue", "export", "1", "--out", file)
      #expect(early.status == 1 && early.errors.contains("--as-received"), "\(early)")
      try await relay.letterhead("queue", "export", "1", "--as-received", "--out", file).wentWell()
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.hasPrefix("Received: ") && text.contains("Subject: Invoice 1001\r\n"), "\(text)")
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let again = try await relay.letterhead("queue", "export", "1", "--as-received", "--out", file)
      #expect(again.status == 1 && again.errors.contains("is there already"), "\(again)")

      let pipe = relay.directory.path("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let waiting = ["queue", "export", "1", "--as-received", "--out", pipe, "--config", relay.configuration]
      let unread = try await run(Relay.binary, waiting)
      #expect(unread.status == 1 && unread.errors.contains("\(pipe) cannot be made"), "\(unread)")
      // One with a reader takes mail as little.
      let reader = open(pipe, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      let read = try await run(Relay.binary, waiting)
      #expect(read.status == 1 && read.errors.contains("\(pipe) is there already"), "\(read)")
      var found = stat()
      #expect(stat(pipe, &found) == 0 && found.st_mode & S_IFMT == S_IFIFO, "it is left as it was")
    }

    @Test func `LETTERHEAD_CONFIG names the configuration, and sentences name it again`() async throws {
      let relay = try Relay()
      let named = ["LETTERHEAD_CONFIG": relay.configuration]
      let checked = try await run(Relay.binary, ["check"], environment: named).wentWell()
      #expect(checked.output.hasPrefix("\(relay.configuration) is right"), "\(checked)")
      let refused = try await run(Relay.binary, ["test", "acme"], environment: named)
      #expect(refused.errors.contains("letterhead connect --config \(relay.configuration) acme"), "\(refused)")
      let other = try await run(
        Relay.binary, ["check", "--config", "/nonexistent"], environment: named)
      #expect(other.status == 1 && other.errors.contains("/nonexistent"), "\(other)")
    }
  }
}
