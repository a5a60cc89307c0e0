// A backup of a relay at work, restored for another one.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A backup` {
    /// Another host: its own folder, and no state.
    private struct Host: Sendable {
      let directory: TemporaryDirectory
      var configuration: String { directory.path("letterhead.toml") }
      var state: String { directory.path("state") }

      init() throws { directory = try TemporaryDirectory() }

      func letterhead(_ words: String...) async throws -> Finished {
        try await run(Relay.binary, words + ["--config", configuration])
      }
    }

    /// Places that are relative are taken from the configuration's folder, so they are those of each host.
    private static func relay() throws -> Relay {
      let relay = try Relay()
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(text.replacing(relay.directory.path + "/", with: ""), to: "letterhead.toml")
      return relay
    }

    /// With two short messages and a large one in the queue, at work.
    private static func busyRelay() async throws -> Relay {
      let relay = try relay()
      try await relay.start()
      for _ in 0..<2 { try await relay.send(to: "anna@partner.example") }
      let long = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 20_000)
      try await relay.send(to: "ben@partner.example", subject: "Large", text: long)
      return relay
    }

    @Test func `says that there is no key where one is asked for and none was made`() async throws {
      let relay = try Self.relay()
      try await relay.start()
      try await relay.end()
      let made = try await relay.letterhead("backup", "--with-key", relay.directory.path("backup.tar")).wentWell()
      #expect(made.output.contains("There is no key in \(relay.directory.path("state"))"), "\(made)")
    }

    @Test func `of a relay at work is restored with its queue held`() async throws {
      let relay = try await Self.busyRelay()
      let file = relay.directory.path("backup.tar")
      let made = try await relay.letterhead("backup", file).wentWell()
      #expect(made.output.contains("3 waiting, 0 failed"))
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: relay.directory.path("state")).contains("backup.tmp")
          == false)

      let host = try Host()
      let restored = try await host.letterhead("restore", file).wentWell()
      #expect(restored.output.contains("3 queued messages held"))
      #expect(try String(contentsOfFile: host.configuration, encoding: .utf8).contains("state_dir = \"state\""))
      let configurationMode = try FileManager.default.attributesOfItem(atPath: host.configuration)[.posixPermissions]
      #expect(configurationMode as? Int == 0o644)
      #expect(!FileManager.default.fileExists(atPath: host.state + "/instance"))
      let list = try await host.letterhead("queue").wentWell().output
      #expect(list.contains("may have been delivered since"))
      try await host.letterhead("queue", "release", "--all").wentWell()
      let shown = try await host.letterhead("queue", "show", "3").wentWell().output
      #expect(shown.contains("ben@partner.example") && !shown.contains("may have been delivered since"))
    }

    @Test func `takes the key along only where that is asked for`() async throws {
      let relay = try Self.relay()
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try Data([UInt8](repeating: 9, count: 32)).write(to: URL(fileURLWithPath: relay.directory.path("state/key")))
      chmod(relay.directory.path("state/key"), 0o600)
      try await relay.start()
      for (words, holds) in [([], false), (["--with-key"], true)] as [([String], Bool)] {
        let file = relay.directory.path("backup-\(holds).tar")
        let made = try await run(Relay.binary, ["backup", file, "--config", relay.configuration] + words).wentWell()
        #expect(made.output.contains("--with-key FILE") == !holds)
        let host = try Host()
        let restored = try await host.letterhead("restore", file).wentWell()
        #expect(FileManager.default.fileExists(atPath: host.state + "/key") == holds)
        #expect(restored.output.contains("/state/key") == !holds)
      }
    }

    @Test func `is refused where there is a state, and where it is damaged`() async throws {
      let relay = try await Self.busyRelay()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      let again = try await relay.letterhead("backup", file)
      #expect(again.status == 1 && again.errors.contains("is there already"))

      try await relay.end()
      let own = try await relay.letterhead("restore", file, "--keep-configuration")
      #expect(own.status == 1 && own.errors.contains("has a state already") && own.errors.contains("mv "))

      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      var changed = whole
      changed[whole.count / 2] ^= 1
      for octets in [whole.dropLast(whole.count / 3), changed, Data("no backup".utf8), Data()] {
        let host = try Host()
        let damaged = try host.directory.write(octets, to: "damaged.tar")
        let refused = try await host.letterhead("restore", damaged)
        #expect(refused.status == 1 && refused.errors.lowercased().contains("nothing was restored"), "\(refused)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: host.directory.path) == ["damaged.tar"])
      }
    }

    @Test func `is not restored while a relay runs, whether its state stands there or was moved aside`() async throws {
      let relay = try await Self.busyRelay()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      let state = relay.directory.path("state")
      for words in [[], ["--keep-configuration"]] {
        let refused = try await run(Relay.binary, ["restore", file, "--config", relay.configuration] + words)
        #expect(refused.status == 1 && refused.errors.contains("Stop the relay first: kill \(relay.pid)"), "\(refused)")
        rename(state, "\(state).aside")
        let moved = try await run(Relay.binary, ["restore", file, "--config", relay.configuration] + words)
        #expect(moved.status == 1 && moved.errors.contains("Stop the relay first: kill \(relay.pid)"), "\(moved)")
        #expect(!FileManager.default.fileExists(atPath: state))
        rename("\(state).aside", state)
      }
      try await relay.end()
    }

    @Test func `tells a name for the old state that is free, each time`() async throws {
      let relay = try await Self.busyRelay()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      try await relay.end()
      let state = relay.directory.path("state")
      for name in ["state.before-restore", "state.before-restore-2"] {
        let refused = try await relay.letterhead("restore", file)
        let command = try #require(refused.errors.components(separatedBy: "run: ").last)
        #expect(refused.status == 1 && command.hasPrefix("mv \(state) \(relay.directory.path(name))"), "\(refused)")
        try await run("sh", ["-c", command]).wentWell()
        try await relay.letterhead("restore", file).wentWell()
        #expect(FileManager.default.fileExists(atPath: "\(relay.directory.path(name))/spool.sqlite"))
      }
    }

    @Test func `with an entity on hold says so, and what ends that`() async throws {
      let relay = try await Self.busyRelay()
      try await relay.letterhead("queue", "hold", "--entity", "acme").wentWell()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      for (queue, sentence) in [
        ("due", "but for the mail of entities that are on hold"), ("discard", "3 queued messages left out"),
      ] {
        let host = try Host()
        let restored = try await host.letterhead("restore", file, "--queue", queue).wentWell()
        #expect(restored.output.contains(sentence), "\(restored)")
        #expect(restored.output.contains("acme was on hold when the backup was made, and is again"), "\(restored)")
        try await host.letterhead("queue", "release", "--entity", "acme").wentWell()
      }
    }

    /// Ends a program where it gives a file its name for the so-many-th time.
    private static func breaker(in directory: TemporaryDirectory) async throws -> String {
      let source = try directory.write(
        """
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        int rename(const char *from, const char *to) {
          static int count;
          if (++count == atoi(getenv("END_AT"))) _exit(77);
          return renameat(AT_FDCWD, from, AT_FDCWD, to);
        }
        """, to: "breaker.c")
      let library = directory.path("breaker.so")
      try await run("clang", ["-shared", "-fPIC", "-o", library, source]).wentWell()
      return library
    }

    /// - Parameter stateDirectory: in the configuration of the host; the backup's is `state`.
    @Test(arguments: ["state", "elsewhere"])
    func `that was restored in part is used by nobody, and the command that is told completes it`(
      stateDirectory: String
    ) async throws {
      let relay = try await Self.busyRelay()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      try await relay.end()
      let breaker = try await Self.breaker(in: relay.directory)
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
        .replacing("state_dir = \"state\"", with: "state_dir = \"\(stateDirectory)\"")
      var broken = 0
      while true {
        let host = try Host()
        try host.directory.write(text + "# of this host\n", to: "letterhead.toml")
        let restored = try await run(
          Relay.binary, ["restore", file, "--config", host.configuration],
          environment: ["LD_PRELOAD": breaker, "END_AT": "\(broken + 1)"])
        guard restored.status == 77 else {
          try restored.wentWell()
          break
        }
        broken += 1
        // The first name is that of the note itself, the second that of the configuration. Before the note nothing of the
        // state is there; before the configuration nobody here looks where the note is, and all is as it was.
        let isAsItWas = broken == 1 || broken == 2 && stateDirectory != "state"
        if isAsItWas {
          try await Self.expectNothing(on: host)
        } else {
          try await Self.expectRefusals(on: host, of: file)
        }
        try await host.letterhead("restore", "--queue", "held", file).wentWell()
        let names = try FileManager.default.contentsOfDirectory(atPath: host.state)
        #expect(!names.contains { $0.hasPrefix("restore") }, "\(names)")
        let beside = try FileManager.default.contentsOfDirectory(atPath: host.directory.path)
        #expect(
          beside.filter { $0.hasPrefix("letterhead.toml") }.sorted() == [
            "letterhead.toml", "letterhead.toml.before-restore",
          ], "kept once, and no draft")
        let kept = try String(contentsOfFile: host.configuration + ".before-restore", encoding: .utf8)
        #expect(kept.contains("of this host"))
        #expect(try await host.letterhead("queue").wentWell().output.contains("ben@partner.example"))
      }
      #expect(broken >= 5, "the note, the configuration, bodies and two databases get their names")
    }

    private static func expectNothing(on host: Host) async throws {
      let refused = try await host.letterhead("queue")
      #expect(refused.status == 1 && refused.errors.contains("There is no \(host.directory.path)"), "\(refused)")
      #expect(try String(contentsOfFile: host.configuration, encoding: .utf8).contains("of this host"))
    }

    private static func expectRefusals(on host: Host, of file: String) async throws {
      for words in [["serve"], ["queue"], ["backup", host.directory.path("b.tar")]] {
        let refused = try await run(Relay.binary, words + ["--config", host.configuration])
        #expect(refused.status == 1 && refused.errors.contains("was broken off"), "\(refused)")
        #expect(refused.errors.contains("letterhead restore --config"), "\(refused)")
        #expect(refused.errors.contains("--queue held \(file)"), "\(refused)")
      }
    }

    @Test func `of a newer version is refused in words`() async throws {
      let relay = try Self.relay()
      try await relay.start()
      try await relay.end()
      let script =
        "import sqlite3; sqlite3.connect('\(relay.directory.path("state/spool.sqlite"))').execute('pragma user_version = 99')"
      try await run("python3", ["-c", script]).wentWell()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      let host = try Host()
      let refused = try await host.letterhead("restore", file)
      #expect(refused.status == 1 && refused.errors.contains("made by a newer Letterhead"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: host.directory.path).isEmpty)
    }

    @Test func `keeps what it replaces of the configuration`() async throws {
      let relay = try Self.relay()
      try await relay.start()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      let host = try Host()
      try host.directory.write("# of the package\n", to: "letterhead.toml")
      let restored = try await host.letterhead("restore", file).wentWell()
      #expect(restored.output.contains("letterhead.toml.before-restore"))
      #expect(
        try String(contentsOfFile: host.configuration + ".before-restore", encoding: .utf8) == "# of the package\n")
    }

    @Test func `is whole, and its own files of conf.d are not mixed with this host's`() async throws {
      let relay = try Self.relay()
      let names = ["10-limits.toml", "a b.toml", "ü+b.toml", String(repeating: "n", count: 74) + ".toml"]
      mkdir(relay.directory.path("conf.d"), 0o755)
      for name in names { try relay.directory.write("# of the backup\n", to: "conf.d/\(name)") }
      try await relay.start()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      let host = try Host()
      mkdir(host.directory.path("conf.d"), 0o755)
      try host.directory.write("# of the host\n", to: "conf.d/90-host.toml")
      try host.directory.write("# linked\n", to: "elsewhere.toml")
      symlink(host.directory.path("elsewhere.toml"), host.configuration)
      let restored = try await host.letterhead("restore", file).wentWell()
      let folder = host.directory.path("conf.d")
      let found = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(found == (names + ["90-host.toml.before-restore"]).sorted(), "\(restored)")
      #expect(try String(contentsOfFile: host.directory.path("elsewhere.toml"), encoding: .utf8).contains("state_dir"))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: host.configuration).hasSuffix("elsewhere.toml"))
      let kept = try String(contentsOfFile: host.directory.path("elsewhere.toml.before-restore"), encoding: .utf8)
      #expect(kept == "# linked\n")
    }

    @Test func `is refused, and leaves nothing, where its configuration or its key cannot be put`() async throws {
      let relay = try Self.relay()
      mkdir(relay.directory.path("conf.d"), 0o755)
      try relay.directory.write("# a part\n", to: "conf.d/10.toml")
      try await relay.start()
      let file = relay.directory.path("backup.tar")
      try await relay.letterhead("backup", file).wentWell()
      try await relay.end()

      let blocked = try Host()
      try blocked.directory.write("a file in the folder's place", to: "conf.d")
      let obstacle = try await blocked.letterhead("restore", file)
      #expect(obstacle.status == 1 && obstacle.errors.contains(blocked.directory.path("conf.d")), "\(obstacle)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: blocked.directory.path) == ["conf.d"])

      try relay.directory.write("this is no TOML\n", to: "conf.d/10.toml")
      let broken = relay.directory.path("broken.tar")
      try await relay.letterhead("backup", broken).wentWell()
      let host = try Host()
      let noTOML = try await host.letterhead("restore", broken)
      #expect(noTOML.status == 1 && noTOML.errors.contains("The configuration in this backup is damaged"), "\(noTOML)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: host.directory.path).isEmpty)

      try Data([1, 2, 3, 4, 5]).write(to: URL(fileURLWithPath: relay.directory.path("state/key")))
      chmod(relay.directory.path("state/key"), 0o600)
      let keyed = relay.directory.path("keyed.tar")
      try await relay.letterhead("backup", "--with-key", keyed).wentWell()
      let noKey = try await host.letterhead("restore", keyed)
      #expect(noKey.status == 1 && noKey.errors.contains("state/key"), "\(noKey)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: host.directory.path).isEmpty)
    }
  }
}
