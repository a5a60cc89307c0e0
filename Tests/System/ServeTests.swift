// `letterhead serve`: what it refuses, its signals, what it costs when nothing happens.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The relay as a process` {
    @Test(arguments: [
      ("listner = 1", "listner", 3), ("[entity.acme]\nnme = \"x\"", "nme", 4),
      ("[limits]\nmax_recipients = -1", "max_recipients", 4),
      ("[[listener]]\naddress = \"nowhere\"", "nowhere", 4), ("this is no TOML", "letterhead.toml", 3),
    ])
    func `refuses a bad configuration, naming file and line`(text: String, word: String, line: Int) async throws {
      let directory = try TemporaryDirectory()
      let head = "state_dir = \"\(directory.path)/state\"\nstatus_file = \"\(directory.path)/status.json\"\n"
      let file = try directory.write(head + text + "\n", to: "letterhead.toml")
      for command in ["serve", "check"] {
        let finished = try await run(Relay.binary, [command, "--config", file])
        #expect(finished.status == 1, "\(finished)")
        #expect(finished.errors.contains("\(file):\(line)") && finished.errors.contains(word), "\(finished)")
      }
    }

    @Test func `check warns of what is right and perhaps not meant`() async throws {
      let directory = try TemporaryDirectory()
      let text = """
        [[listener]]
        address = "127.0.0.1:2525"
        [entity.acme]
        [app.job]
        match = ["user:root", "user:nobody-of-this-host"]
        """
      let file = try directory.write(text, to: "letterhead.toml")
      let finished = try await run(Relay.binary, ["check", "--config", file]).wentWell()
      let lines = finished.output.split(separator: "\n")
      #expect(lines.count == 3 && lines[0].hasPrefix("\(file):5: Warning: user:root is also docker-proxy"), "\(lines)")
      #expect(lines[1] == "\(file):5: Warning: This host has no user for user:nobody-of-this-host.", "\(lines)")
      #expect(lines[2].hasPrefix("\(file) is right: "), "\(lines)")
    }

    @Test func `ends cleanly at SIGTERM and reloads its configuration at SIGHUP`() async throws {
      let relay = try Relay()
      try await relay.start()
      let pid = relay.pid
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(
        text.replacing("name = \"Acme S.p.A.\"", with: "name = \"Acme Renamed\""), to: "letterhead.toml")
      Foundation.kill(pid, SIGHUP)
      try await eventually("the new name") { try relay.entity().name == "Acme Renamed" }
      try relay.directory.write("mistake", to: "letterhead.toml")
      Foundation.kill(pid, SIGHUP)
      try await eventually("the failed reload is told") {
        try relay.status().problems.map(\.class) == ["reload"] && relay.status().state == "degraded"
      }
      #expect(Foundation.kill(pid, 0) == 0, "a mistake in a reloaded configuration ended the relay")
      #expect(try relay.entity().name == "Acme Renamed")
      try relay.directory.write(text, to: "letterhead.toml")
      Foundation.kill(pid, SIGHUP)
      try await eventually("the reload that did not fail") { try relay.status().problems.isEmpty }
      #expect(try await relay.end() == 0)
      // Each with who has asked: this very process.
      let asked = "uid=\(getuid()) "
      for event in ["reloaded", "reload_failed", "stopping"] {
        let lines = relay.log.split(separator: "\n").filter { $0.contains("event=\(event) ") }
        #expect(!lines.isEmpty, "\(event)")
        for line in lines { #expect(line.contains(asked) && line.hasSuffix(" pid=\(getpid())"), "\(line)") }
      }
      let audit = try await relay.json("audit")
      #expect(audit.map { $0["verb"] as? String } == ["stop", "reload", "reload", "reload"], "\(audit)")
      #expect(
        audit.allSatisfy { ($0["detail"] as? String)?.hasSuffix("(pid \(getpid()))") == true }, "\(audit)")
    }

    @Test func `is told at once by whom it is ended, at a terminal as well`() async throws {
      let relay = try Relay()
      // The terminal is the program's controlling one, and its third octet is Ctrl-C.
      let terminal =
        "import os, pty, sys\npid, end = pty.fork()\nif pid == 0: os.execv(sys.argv[1], sys.argv[1:])\n"
        + "while b'event=started' not in os.read(end, 65536): pass\nos.write(end, b'\\x03')\n"
        + "seen = b''\ntry:\n  while True: seen += os.read(end, 65536)\nexcept OSError: pass\n"
        + "print(seen.decode()); sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
      let ended = try await run(
        "python3", ["-c", terminal, Relay.program, "serve", "--config", relay.configuration]
      ).wentWell()
      #expect(ended.output.contains("event=stopping user=terminal\r\n"), "\(ended)")
      #expect(try await relay.json("audit").first?["detail"] as? String == "asked by Ctrl-C")
    }

    /// A provider on loopback that takes everything until a message has ended, and then says nothing more. Prints its port,
    /// `stalled`, and the time at which its peer went away.
    private static let silentProvider = #"""
      import socket, time
      listener = socket.create_server(("127.0.0.1", 0)); print(listener.getsockname()[1], flush=True)
      while True:
        peer = listener.accept()[0]; lines = peer.makefile("rb"); peer.sendall(b"220 ready\r\n"); inside = False
        for line in lines:
          if inside:
            if line == b".\r\n":
              print("stalled", flush=True); lines.read(); print("gone", time.monotonic(), flush=True)
          elif line.startswith(b"DATA"): inside = True; peer.sendall(b"354 go on\r\n")
          elif line.startswith(b"QUIT"): peer.sendall(b"221 bye\r\n"); peer.close(); break
          else: peer.sendall(b"250 fine\r\n")
      """#
    /// An app that stops in the middle of its message. Prints `stalled`, and the time at which the relay hung up.
    private static let silentApp = #"""
      import socket, sys, time
      relay = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); lines = relay.makefile("rb"); lines.readline()
      for word in [b"HELO app", b"MAIL FROM:<erp@localhost>", b"RCPT TO:<ada@example.org>", b"DATA"]:
        relay.sendall(word + b"\r\n"); lines.readline()
      relay.sendall(b"Subject: half\r\n"); print("stalled", flush=True)
      lines.read(); print("gone", time.monotonic(), flush=True)
      """#

    @Test func `waits for a client and a provider that both stall at once, and not for one after the other`()
      async throws
    {
      let provider = try await LiveCommand("python3", ["-c", Self.silentProvider])
      let port = try await provider.line("its port") { Int($0) != nil }
      let relay = try Relay()
      try await relay.letterhead(
        "connect", "acme", "--smtp", "127.0.0.1:\(port)", "--security", "none", "--no-auth", "--address", freshAddress()
      ).wentWell()
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      let app = try await LiveCommand("python3", ["-c", Self.silentApp, "\(relay.port)"])
      for one in [provider, app] { _ = try await one.line("stalled") { $0 == "stalled" } }
      #expect(try await relay.end() == 0)
      var ends: [Double] = []
      for one in [provider, app] {
        let gone = try await one.line("the end of its connection") { $0.hasPrefix("gone ") }
        ends.append(try #require(Double(gone.dropFirst(5))))
      }
      #expect(abs(ends[0] - ends[1]) < 5, "one after the other: \(ends)")
    }

    /// A provider on loopback that hangs up on its second caller and serves all others. Prints its port.
    private static let fickleProvider = #"""
      import socket, threading
      listener = socket.create_server(("127.0.0.1", 0)); print(listener.getsockname()[1], flush=True); callers = 0
      def serve(peer):
        lines = peer.makefile("rb"); peer.sendall(b"220 ready\r\n"); inside = False
        for line in lines:
          if inside:
            if line == b".\r\n": inside = False; peer.sendall(b"250 taken\r\n")
          elif line.startswith(b"DATA"): inside = True; peer.sendall(b"354 go on\r\n")
          elif line.startswith(b"QUIT"): peer.sendall(b"221 bye\r\n"); return peer.close()
          else: peer.sendall(b"250 fine\r\n")
      while True:
        peer = listener.accept()[0]; callers += 1
        if callers == 2: peer.close()
        else: threading.Thread(target=serve, args=(peer,), daemon=True).start()
      """#

    @Test func `looks at a provider at once when somebody asks for it`() async throws {
      let provider = try await LiveCommand("python3", ["-c", Self.fickleProvider])
      let port = try await provider.line("its port") { Int($0) != nil }
      let relay = try Relay()
      try await relay.letterhead(
        "connect", "acme", "--smtp", "127.0.0.1:\(port)", "--security", "none", "--no-auth", "--address", freshAddress()
      ).wentWell()
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      for _ in 1...3 { try await relay.letterhead("queue", "retry", "--all").wentWell() }
      try await eventually("delivered") { try relay.entity().totals.delivered == 1 }
      #expect(try await relay.end() == 0)
    }

    @Test func `answers status and queue while somebody edits the configuration`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@there.test")
      try await eventually("degraded") { try relay.status().state == "degraded" }
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(text + "\n[entity.\nname =", to: "letterhead.toml")
      let status = try await relay.letterhead("status")
      #expect(status.status == 1 && status.errors.isEmpty, "\(status)")
      let queue = try await relay.letterhead("queue")
      #expect(queue.status == 0 && queue.output.contains("ada@there.test"), "\(queue)")
      #expect(queue.errors.contains("has mistakes (letterhead check"), "\(queue)")
      #expect(try await relay.letterhead("queue", "delete", "1").status == 0)
      #expect(try await relay.letterhead("queue", "hold", "--all", "--entity", "nobody").status == 1)
      try await relay.end()
      #expect(try await relay.letterhead("queue").status == 1, "without a relay the file has to be good")
    }

    @Test func `is no other relay's where the configuration that is named is not there`() async throws {
      let named = ["--config", "/nowhere/letterhead.toml"]
      let status = try await run(Relay.binary, ["status"] + named)
      #expect(status.status == 3 && status.errors.contains("There is no file /nowhere/letterhead.toml"), "\(status)")
      #expect(try await run(Relay.binary, ["status", "--ready"] + named).status == 1)
      #expect(try await run(Relay.binary, ["status", "--format", "nagios"] + named).status == 2)
      #expect(try await run(Relay.binary, ["metrics"] + named).status == 3)
      let deleted = try await run(Relay.binary, ["queue", "delete", "--all", "--yes"] + named)
      #expect(deleted.status != 0 && deleted.output.isEmpty, "\(deleted)")
    }

    @Test func `refuses who names another configuration with the same state`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@there.test")
      let trial = relay.directory.path("trial.toml")
      try FileManager.default.copyItem(atPath: relay.configuration, toPath: trial)
      let words = ["queue", "delete", "--all", "--yes", "--config", trial]
      let refused = try await run(Relay.binary, words)
      #expect(refused.status != 0 && refused.errors.contains("Nothing was done."), "\(refused)")
      try await eventually("held") { try relay.entity().queue.held == 1 }
    }

    @Test func `refuses to begin anew where the queue or the connections are lost, until it is told to`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.end()
      let state = relay.directory.path("state")
      rename("\(state)/spool.sqlite", "\(state)/kept")
      try Data().write(to: URL(filePath: "\(state)/spool.sqlite"))
      let noQueue = try await relay.letterhead("serve")
      #expect(noQueue.status == 1 && noQueue.errors.contains("spool.sqlite is missing or empty"), "\(noQueue)")
      #expect(noQueue.errors.contains("letterhead serve --config \(relay.configuration) --accept-loss"), "\(noQueue)")
      rename("\(state)/kept", "\(state)/spool.sqlite")
      unlink("\(state)/mailboxes.sqlite")
      _ = FileManager.default.createFile(
        atPath: "\(state)/key", contents: Data(repeating: 7, count: 32), attributes: [.posixPermissions: 0o600])
      let noConnections = try await relay.letterhead("serve")
      #expect(noConnections.status == 1 && noConnections.errors.contains("there were saved connections"))
      #expect(noConnections.errors.contains("letterhead serve --config \(relay.configuration) --accept-loss"))
    }

    @Test func `makes the folder of its status file where it is missing, and everyone may look into it`() async throws {
      let relay = try Relay(statusFile: "run/letterhead/status.json")
      try await relay.start()
      for directory in ["run", "run/letterhead"] {
        var found = stat()
        let isThere = stat(relay.directory.path(directory), &found) == 0
        #expect(isThere && found.st_mode & 0o777 == 0o755, "the relay's own umask is 077")
      }
      try await relay.end()
    }

    @Test func `refuses to share its status file with another relay`() async throws {
      let (first, second) = (try Relay(), try Relay())
      try await first.start()
      let text = try String(contentsOfFile: second.configuration, encoding: .utf8)
      try second.directory.write(
        text.replacing("\(second.directory.path)/status.json", with: "\(first.directory.path)/status.json"),
        to: "letterhead.toml")
      let refused = try await second.letterhead("serve")
      #expect(refused.status == 1 && refused.errors.contains("Another relay (process \(first.pid))"), "\(refused)")
    }

    @Test func `tells monitoring how it is by exit codes`() async throws {
      let relay = try Relay()
      #expect(try await relay.letterhead("status").status == 3)
      try await relay.start()
      try await eventually("ok") { try await relay.letterhead("status").status == 0 }
      try await relay.send(to: "ada@there.test")
      try await eventually("degraded: disconnected with mail waiting") {
        try await relay.letterhead("status").status == 1
      }
      try await relay.kill()
      #expect(try await relay.letterhead("status").status == 3)
    }

    @Test func `has said in the status file that it has stopped, before its process is gone`() async throws {
      let relay = try Relay()
      try await relay.start()
      #expect(try await relay.end() == 0)
      let text = try String(contentsOfFile: relay.statusFile, encoding: .utf8)
      #expect(text.contains("\"stopped_at\"") && text.contains("\"ready\" : false"), "\(text)")
      let status = try await relay.letterhead("status")
      #expect(status.status == 3 && status.output.hasPrefix("NOT RUNNING"), "\(status)")
      #expect(status.errors.contains("Start it: letterhead serve --config \(relay.configuration)"), "\(status)")
    }

    @Test func `refuses to run twice on one state directory`() async throws {
      let relay = try Relay()
      try await relay.start()
      let second = try await relay.letterhead("serve")
      #expect(second.status == 1 && second.errors.contains("\(relay.pid)"), "\(second)")
    }

    @Test func `says nothing of a saved password in its files, its log and its process`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress(), password: "unmistakable-7531")
      try await relay.send(to: "ada@\(freshDomain())")
      try await Task.sleep(for: .seconds(1))
      let found = try await run(
        "grep", ["-rlaF", "unmistakable-7531", relay.directory.path, "/proc/\(relay.pid)/cmdline"])
      #expect(found.status == 1, "\(found)")
      // The same search does find what is there.
      #expect(try await run("grep", ["-rlaF", "Acme S.p.A.", relay.directory.path]).status == 0)
    }

    @Test func `with too few descriptors it says so and does not start`() async throws {
      let relay = try Relay()
      let refused = try await run(
        "prlimit", ["--nofile=127:127", Relay.binary, "serve", "--config", relay.configuration])
      #expect(refused.status == 1 && refused.errors.contains("Only 127 files may be open"), "\(refused)")
    }

    @Test func `gives back the memory of a crowd that has gone`() async throws {
      let relay = try Relay(limits: "max_connections = 4000")
      try await relay.start()
      let before = try kilobytes(of: relay.pid)
      let crowd = try await run(
        "python3", ["-", "\(relay.port)", "\(relay.pid)"],
        input: """
          import resource, socket, sys
          port, pid = int(sys.argv[1]), sys.argv[2]
          most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
          resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
          clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3000)]
          for client in clients: client.recv(200); client.sendall(b"EHLO app.test\\r\\n")
          for client in clients: client.recv(500)
          print(next(line.split()[1] for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")))
          """
      ).wentWell()
      let crowded = try #require(Int(crowd.output.trimmingCharacters(in: .newlines)))
      #expect(crowded > before + 12_000, "\(before) kB before, \(crowded) with 3,000 clients")
      try await eventually("given back", every: .seconds(1)) {
        try kilobytes(of: relay.pid) < before + 8_000
      }
    }

    private func kilobytes(of pid: Int32, _ field: String = "VmRSS:") throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let resident = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
      return try #require(resident.split(separator: " ").compactMap { Int($0) }.first)
    }

    @Test func `sleeps when idle, in little memory`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress())
      let domain = freshDomain()
      for number in 0..<5 { try await relay.send(to: "n\(number)@\(domain)") }
      _ = try await rig.arrivals(5, at: domain)
      // It comes to rest in its own time; then it stays there.
      var rates: [String: Double] = [:]
      for _ in 0..<12 {
        rates = try await wakeUpRates(of: relay.pid, over: .seconds(10))
        if rates.values.reduce(0, +) <= 4 { break }
      }
      let perSecond = rates.values.reduce(0, +)
      let threads = rates.sorted { $0.value > $1.value }.map { "\($0.key): \($0.value)" }
      #expect(perSecond <= 4, "wake-ups a second of each thread: \(threads.joined(separator: ", "))")
      // The pages of the program itself lie in the file, and a debug build has many.
      let own = try kilobytes(of: relay.pid, "RssAnon:")
      print("idle: \(perSecond) wake-ups a second, \(own / 1024) MiB of its own")
      #expect(own < 20 * 1024)
    }

    /// By thread, `4711 spool`: how often a second it slept and was woken.
    private func wakeUpRates(of pid: Int32, over span: Duration) async throws -> [String: Double] {
      let (before, start) = (try wakeUps(of: pid), ContinuousClock.now)
      try await Task.sleep(for: span)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      return try wakeUps(of: pid).reduce(into: [:]) { rates, thread in
        let count = thread.value - (before[thread.key] ?? 0)
        if count > 0 { rates[thread.key] = Double(count) / seconds }
      }
    }

    /// Voluntary context switches of each thread until now.
    private func wakeUps(of pid: Int32) throws -> [String: Int] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").reduce(into: [:]) { counts, thread in
        let status = (try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)) ?? ""
        func value(_ name: String) -> Substring? {
          status.split(separator: "\n").first { $0.hasPrefix("\(name):") }?.split(separator: "\t").last
        }
        counts["\(thread) \(value("Name") ?? "")"] = value("voluntary_ctxt_switches").flatMap { Int($0) }
      }
    }
  }
}
