// Commands beside a running relay: they ask it, and open none of its files.

import Foundation
import Sockets
import Support
import Testing

extension System {
  @Suite struct `A command beside a running relay` {
    /// Where connections are taken and nothing is ever said: a test of a mailbox stops there, and waits.
    private final class SilentServer: Sendable {
      let port = Ports.unused()
      private let descriptor: Int32

      init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
        guard bound == 0, listen(descriptor, 8) == 0 else { throw Failure("nobody can listen on port \(port)") }
      }

      deinit { close(descriptor) }
    }

    /// A `connect` that has printed that it reached the server, and waits for it to speak.
    private func waiting(_ relay: Relay, at server: SilentServer) async throws -> LiveCommand {
      let command = try await relay.connecting(
        "--smtp", "127.0.0.1:\(server.port)", "--security", "none", "--no-auth", "--address", freshAddress())
      _ = try await command.line("the step that reached the server") { $0.hasPrefix("  ok      TCP") }
      return command
    }

    @Test func `opens no database while the relay runs, and prints each step as the relay takes it`() async throws {
      let server = try SilentServer()
      let relay = try Relay()
      let alone = try await waiting(relay, at: server)
      #expect(alone.openFiles.contains { $0.hasSuffix("mailboxes.sqlite") }, "\(alone.openFiles)")

      try await relay.start()
      let beside = try await waiting(relay, at: server)
      #expect(!beside.openFiles.contains { $0.contains(".sqlite") }, "\(beside.openFiles)")
      #expect(!beside.openFiles.contains { $0.hasPrefix(relay.directory.path("state")) }, "\(beside.openFiles)")
    }

    /// A relay of the user nobody, whose state no other user but root can open. The user daemon administers it.
    private func relayOfNobody() async throws -> Relay {
      let relay = try Relay(more: "[admin]\nusers = [\"daemon\"]\n")
      try relay.belong(to: "nobody")
      try await relay.start(as: "nobody")
      return relay
    }

    @Test func `does everything for an administrator who cannot open the state`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let domain = freshDomain()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try await relayOfNobody()
      let hidden = try await run(
        "setpriv", ["--reuid=daemon", "--clear-groups", "--", "ls", relay.directory.path("state")])
      #expect(hidden.status != 0, "daemon can look into the state")
      func daemon(_ words: String..., input: String = "") async throws -> Finished {
        try await relay.letterhead(as: "daemon", words, input: input).wentWell()
      }

      for name in ["ada", "bob"] { try await relay.send(to: "\(name)@\(domain)", subject: "For \(name)") }
      let listed = try await daemon("queue")
      #expect(listed.output.contains("ada@\(domain)") && listed.output.contains("held"), "\(listed)")
      let json = try JSONSerialization.jsonObject(with: Data(try await daemon("queue", "list", "--json").output.utf8))
      let rows = try #require(json as? [[String: Any]])
      #expect(rows.compactMap { $0["id"] as? Int } == [1, 2])
      #expect(
        rows.first.map { Set($0.keys) } == [
          "id", "entity", "state", "sender", "recipients", "octets",
          "received_at", "attempts", "next_attempt", "perhaps_sent", "reason", "held_because", "uid", "identity",
        ])
      let shown = try await daemon("queue", "show", "2")
      #expect(shown.output.contains("Header, as received") && shown.output.contains("Subject: For bob"), "\(shown)")
      #expect(try await daemon("queue", "hold", "2").output == "1 message held.\n")
      let retried = try await daemon("queue", "retry", "--all").output
      #expect(retried.hasPrefix("1 message due now.\nNo mailbox is connected to acme, so its mail still waits."))

      let certificate = try String(contentsOfFile: rig.certificateAuthority, encoding: .utf8)
      let authority = try relay.directory.write(certificate, to: "ca.pem", mode: 0o644)
      let connected = try await daemon(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMTP_TLS"))", "--address", address, "--ca-file", authority,
        "--password-file", "-", input: "geheim-1\n")
      #expect(
        connected.output.contains("  ok      TLS") && connected.output.contains("acme is connected"), "\(connected)")
      #expect(try await rig.arrivals(1, at: domain).map(\.recipient) == ["ada@\(domain)"])
      #expect(try await daemon("queue", "release", "2").output == "1 message released.\n")
      #expect(try await rig.arrivals(2, at: domain).last?.recipient == "bob@\(domain)")

      let tested = try await daemon("test", "acme", "--to", "me@\(domain)")
      #expect(tested.output.contains("  ok      Sign-in") && tested.output.hasSuffix("on its way to me@\(domain).\n"))
      #expect(try await rig.arrivals(3, at: domain).map(\.returnPath) == Array(repeating: "<\(address)>", count: 3))
      #expect(try await daemon("requests").output == "There are no requests.\n")
      #expect(try await daemon("disconnect", "acme").output.contains("acme is disconnected"))
      let audit = try await daemon("audit")
      #expect(audit.output.contains("daemon (uid 1)  disconnect  acme"), "\(audit)")
      try await relay.send(to: "eve@\(domain)")
      #expect(try await daemon("queue", "delete", "--all", "--yes").output == "1 message deleted.\n")
      #expect(try await daemon("queue").output == "The queue is empty.\n")
      #expect(!(relay.log + audit.output).contains("geheim"))
    }

    @Test func `does the same for root, and remembers who that was`() async throws {
      let relay = try await relayOfNobody()
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.letterhead("test", "acme").wentWell()
      let audit = try await relay.letterhead("audit").wentWell()
      #expect(audit.output.contains("(uid 0)  connect  acme"), "\(audit)")
      let made = try FileManager.default.subpathsOfDirectory(atPath: relay.directory.path("state"))
      for name in made {
        let owner = try FileManager.default.attributesOfItem(atPath: relay.directory.path("state/\(name)"))
        #expect(owner[.ownerAccountName] as? String == "nobody", "\(name)")
      }
    }

    @Test(arguments: [
      ["queue", "retry", "--all"], ["queue", "hold", "1"], ["queue", "release", "1"],
      ["queue", "delete", "--all", "--yes"],
      ["test", "acme"], ["app", "list"], ["app", "pending"], ["app", "password", "erp"],
    ])
    func `refuses who is no administrator, and names whom to ask`(words: [String]) async throws {
      let relay = try await relayOfNobody()
      try await relay.send(to: "ada@\(freshDomain())")
      let refused = try await relay.letterhead(as: "www-data", words)
      #expect(refused.status == 1 && refused.output == "", "\(refused)")
      #expect(refused.errors.contains("www-data may not do that here. Ask root"), "\(refused)")
      #expect(try await relay.letterhead("queue").wentWell().output.contains("held"))
    }

    @Test func `shows who is no administrator nothing of other people's mail`() async throws {
      let relay = try await relayOfNobody()
      let recipient = "ada@\(freshDomain())"
      try await relay.send(to: recipient)
      let listed = try await relay.letterhead(as: "www-data", "queue").wentWell()
      #expect(!listed.output.contains(recipient), "\(listed)")
      let shown = try await relay.letterhead(as: "www-data", "queue", "show", "1")
      #expect(shown.status == 1 && shown.errors.contains("There is no message 1 here"), "\(shown)")
      #expect(try await relay.letterhead("queue").wentWell().output.contains(recipient))
    }

    @Test func `says so when a relay works on the state and does not answer`() async throws {
      let relay = try Relay()
      try await relay.start()
      unlink(relay.directory.path("admin.sock"))
      for words in [["queue"], ["requests"], ["test", "acme"]] {
        let refused = try await run(Relay.binary, words + ["--config", relay.configuration])
        #expect(refused.status == 1 && refused.errors.contains("Process \(relay.pid) works on"), "\(refused)")
        #expect(refused.errors.contains("nobody answers at"), "\(refused)")
      }
    }

    @Test func `waits for another command that has the state, and then works by itself`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")
      try await relay.end()
      let lock = open(relay.directory.path("state/lock"), O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let command = try await LiveCommand(
        Relay.binary, ["queue", "hold", "--all", "--config", relay.configuration])
      try await eventually("the command looks for who has the state") {
        command.openFiles.contains("anon_inode:[eventpoll]")
      }
      close(lock)
      #expect(try await command.finished().wentWell().output == "1 message held.\n")
    }

    @Test func `works by itself again when the relay has gone, as after a crash`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")
      try await relay.kill()
      #expect(try await relay.letterhead("queue").wentWell().output.contains("held"))
      #expect(try await relay.letterhead("queue", "hold", "--all").wentWell().output == "1 message held.\n")
      let missing = try await relay.letterhead("queue", "delete", "99")
      #expect(missing.status == 1 && missing.errors.contains("There is no message 99"), "\(missing)")
      try await relay.start()
      #expect(
        try await relay.letterhead("queue", "delete", "--all", "--yes").wentWell().output == "1 message deleted.\n")
    }
  }
}
