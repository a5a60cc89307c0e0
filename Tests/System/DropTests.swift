// Mail that is left for a relay which does not run, and what a hostile user may leave in its place.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Mail left in the drop folder` {
    private static let message = "Subject: x\n\nhello\n"

    /// A relay that has run once and does not now.
    private func stoppedRelay(_ more: String = "", limits: String = "") async throws -> Relay {
      let relay = try Relay.withSendmail(more, limits: limits)
      try await relay.start()
      try await relay.end()
      return relay
    }

    private func files(of relay: Relay) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: relay.drop).filter { $0 != "refused" }.sorted()
    }

    @Test func `goes out when the relay starts, as its sender's`() async throws {
      let rig = try await Rig.running
      let (domain, address) = (freshDomain(), freshAddress())
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay.withSendmail("[app.site]\nmatch = [\"user:www-data\"]\n")
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      // Its socket stays behind.
      try await relay.kill()
      let message = "From: <shop@\(domain)>\nBcc: <b@\(domain)>\n\(Self.message)"
      let sent = try await relay.sendmail(["-t", "-oi", "a@\(domain)"], input: message)
      #expect(sent.status == 0 && sent.errors.isEmpty, "\(sent)")
      let left = try files(of: relay)
      #expect(left.count == 1)
      var found = stat()
      #expect(stat("\(relay.drop)/\(left[0])", &found) == 0 && found.st_uid == 33)

      try await relay.start()
      let arrived = try await rig.arrivals(2, at: domain)
      #expect(Set(arrived.map(\.recipient)) == ["a@\(domain)", "b@\(domain)"] && arrived.count == 2)
      for copy in arrived {
        #expect(copy.fields("Received")[0].contains("(from app site (uid 33))"), "\(copy.fields("Received"))")
        #expect(copy.fields("X-Original-From") == ["<shop@\(domain)>"] && copy.fields("Bcc").isEmpty)
        #expect(copy.body == "hello\n")
      }
      try await eventually("the folder is empty") { try files(of: relay).isEmpty }
      #expect(relay.logLines(naming: left[0]).isEmpty)
    }

    @Test func `is not left for who forbids it, nor where there is no folder`() async throws {
      let relay = try await stoppedRelay()
      for environment in [["LETTERHEAD_NO_DROP": "1"], ["LETTERHEAD_DROP": "/nowhere"]] {
        let ended = try await relay.sendmail(["a@x.test"], environment: environment, input: Self.message)
        #expect(ended.status == 75 && ended.errors.contains("No answer from the relay"), "\(ended)")
      }
      #expect(try files(of: relay).isEmpty)
    }

    @Test func `is seen and taken by nobody else`() async throws {
      let relay = try await stoppedRelay()
      try await relay.sendmail(["a@x.test"], input: Self.message).wentWell()
      let name = try #require(files(of: relay).first)
      for command in [
        ["ls", relay.drop], ["rm", "-f", "\(relay.drop)/\(name)"], ["mv", "\(relay.drop)/\(name)", "/tmp"],
        ["ls", "\(relay.drop)/refused"], ["touch", "\(relay.drop)/refused/\(name)"],
      ] {
        let words = PublicBinary.prefix("daemon") + command
        let ended = try await run(words[0], Array(words.dropFirst()))
        #expect(ended.status != 0, "\(ended)")
      }
      #expect(try files(of: relay) == [name])
    }

    /// By the rules of the moment at which it is read; nobody waits for the answer.
    @Test func `is set aside where its sender may not send`() async throws {
      let relay = try await stoppedRelay("[access]\nunknown = \"refuse\"\n[app.site]\nmatch = [\"user:www-data\"]\n")
      try await relay.sendmail(["a@x.test"], as: "daemon", input: Self.message).wentWell()
      let name = try #require(files(of: relay).first)
      try await relay.start()
      try await eventually("the refusal is logged") { !relay.logLines(naming: name).isEmpty }
      #expect(try files(of: relay).isEmpty)
      #expect(FileManager.default.fileExists(atPath: "\(relay.drop)/refused/\(name)"))
      #expect(relay.logLines(naming: name).allSatisfy { $0.contains("uid=1") && $0.contains("No app matches uid 1") })
    }

    @Test func `is set aside where it names more recipients than a listener takes`() async throws {
      let relay = try await stoppedRelay(limits: "max_recipients = 100")
      try await relay.sendmail((0...100).map { "a\($0)@x.test" }, input: Self.message).wentWell()
      let name = try #require(files(of: relay).first)
      try await relay.start()
      try await eventually("the refusal is logged") { !relay.logLines(naming: name).isEmpty }
      #expect(relay.logLines(naming: name).allSatisfy { $0.contains("more recipients than max_recipients") })
      #expect(try await relay.queued().isEmpty)
    }

    /// What a hostile user makes, under names that a message could have. `$OWN` is a whole message elsewhere.
    private static let traps: [(name: String, why: String, command: String)] = [
      ("1", "not a regular file", "ln -s /etc/shadow $NAME"), ("2", "it has a second name", "ln $OWN $NAME"),
      ("3", "not a regular file", "mkfifo $NAME"), ("4", "not a regular file", "mkdir $NAME"),
      ("5", "larger than max_message_bytes", "cp $OWN $NAME; truncate -s 1G $NAME"),
      ("6", "not a message of letterhead-sendmail", "printf 'From: root\\n\\nhello\\n' > $NAME"),
      ("7", "not a message of letterhead-sendmail", "sed '2i To: <a@x.test> x' $OWN > $NAME"),
      ("8", "cannot be read", "cp $OWN $NAME; chmod 0 $NAME"),
    ]
    /// One that its writer has not ended, and one that he has named as if he had.
    private static let unfinished = [("9", "head -c 60 $OWN > $NAME"), ("a", "cp $OWN new.$NAME")]

    private static func name(_ digit: String) -> String { String(repeating: digit, count: 32) }

    private func makeTraps(of message: String, in relay: Relay) async throws {
      let own = try relay.directory.write("", to: "own", mode: 0o644)
      chown(own, 33, 33)
      let commands = Self.traps.map { ($0.name, $0.command) } + Self.unfinished
      let script = commands.map { "NAME=\(Self.name($0.0)); \($0.1)" }.joined(separator: "\n")
      let words =
        PublicBinary.prefix("www-data") + [
          "sh", "-euc", "umask 022; cat \(message) > $OWN; cd \(relay.drop)\n" + script,
        ]
      try await run(words[0], Array(words.dropFirst()), environment: ["OWN": own]).wentWell()
    }

    /// The relay runs as a user of its own, as it should: root could read what is closed.
    @Test func `is ignored and told of once where it is a trap`() async throws {
      let relay = try Relay.withSendmail()
      try relay.belong(to: "games")
      try await relay.start(as: "games")
      try await relay.end()
      try await relay.sendmail(["a@x.test"], as: "daemon", input: Self.message).wentWell()
      let message = try #require(files(of: relay).first)
      try await makeTraps(of: "\(relay.drop)/\(message)", in: relay)

      try await relay.start(as: "games")
      try await eventually("the message among them is taken") { try !files(of: relay).contains(message) }
      // What comes later makes the relay look once more at what lies there.
      try await relay.sendmail(
        ["b@x.test"], as: "daemon", environment: ["LETTERHEAD_SUBMIT_SOCKET": "/nowhere"], input: Self.message
      ).wentWell()
      try await eventually("both messages are queued") { try await relay.queued().count == 2 }
      for trap in Self.traps {
        let lines = relay.logLines(naming: Self.name(trap.name))
        #expect(lines.count == 1 && lines[0].contains("reason=\"\(trap.why)"), "\(trap): \(lines)")
      }
      #expect(relay.logLines(naming: Self.name("9")).isEmpty && relay.logLines(naming: Self.name("a")).isEmpty)
      #expect(
        try files(of: relay)
          == (Self.traps.map { Self.name($0.name) } + [Self.name("9"), "new." + Self.name("a")]))
      #expect(try await relay.queued().allSatisfy { $0.uid == 1 })
    }
  }
}
