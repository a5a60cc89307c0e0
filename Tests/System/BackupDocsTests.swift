// docs/backup.md, run as it is written: two hosts, each with its own folder, and the service manager's verbs as a relay of the
// tests.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The page about backups` {
    /// Stands for a host: its programs, its files below `/root` and `/var/lib/letterhead`, its relay.
    private struct Host: Sendable {
      let relay: Relay
      private let shared: TemporaryDirectory

      /// - Parameter other: the port of the host that will have this one's configuration.
      init(sharing shared: TemporaryDirectory, listeningAlsoAt other: UInt16? = nil) throws {
        self.shared = shared
        relay = try Relay(listener: other.map { "[[listener]]\naddress = \"127.0.0.1:\($0)\"" } ?? "")
        let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
        try relay.directory.write(text.replacing(relay.directory.path + "/", with: ""), to: "letterhead.toml")
        try FileManager.default.createDirectory(atPath: relay.directory.path("bin"), withIntermediateDirectories: false)
        try relay.directory.write(
          "#!/bin/sh\nexec '\(Relay.binary)' \"$@\" --config '\(relay.configuration)'\n", to: "bin/letterhead",
          mode: 0o755)
      }

      /// Runs the commands of a block, one after the other.
      func type(_ block: String) async throws -> String {
        var output = ""
        for line in block.split(separator: "\n") {
          if line.hasPrefix("systemctl") {
            if line.contains("stop") || line.contains("disable") {
              try await relay.end()
            } else {
              try await relay.start()
            }
            continue
          }
          let command = line.replacing("/root/", with: shared.path + "/")
            .replacing("/var/lib/letterhead", with: relay.directory.path("state"))
          let path = "\(relay.directory.path("bin")):/usr/bin:/bin"
          output += try await run("sh", ["-c", String(command)], environment: ["PATH": path]).wentWell().output
        }
        return output
      }
    }

    private static func block(_ name: String) throws -> String {
      let page = try String(contentsOfFile: "\(Checkout.path)/docs/backup.md", encoding: .utf8)
      let parts = page.components(separatedBy: "```sh \(name)\n")
      try #require(parts.count == 2, "one block of that name")
      return parts[1].components(separatedBy: "```")[0]
    }

    @Test func `restores on the same host`() async throws {
      let host = try Host(sharing: try TemporaryDirectory())
      try await host.relay.start()
      try await host.relay.send(to: "anna@partner.example")
      _ = try await host.type(try Self.block("backup"))
      let restored = try await host.type(try Self.block("restore"))
      #expect(restored.contains("1 queued message held"))
      let typed = try await host.type(try Self.block("held"))
      #expect(typed.contains("anna@partner.example") && typed.contains("1 message released"), "\(typed)")
    }

    @Test func `moves a relay to another host, whose mail then goes out through the same mailbox`() async throws {
      let rig = try await Rig.running
      let shared = try TemporaryDirectory()
      let new = try Host(sharing: shared)
      let old = try Host(sharing: shared, listeningAlsoAt: new.relay.port)
      try await old.relay.start()
      try await rig.setPassword(of: "moving@acme.test", to: "Sesame1")
      try await old.relay.connect(to: "SMTP_TLS", of: rig, as: "moving@acme.test", password: "Sesame1").wentWell()
      _ = try await old.type(try Self.block("old host"))

      let report = try await new.type(try Self.block("new host"))
      #expect(report.contains("acme: connected"))
      try await new.relay.send(to: "anna@moved.test")
      #expect(try await rig.arrivals(1, at: "moved.test")[0].returnPath.contains("moving@acme.test"))
    }

    @Test(arguments: [("doctor.md", "ok       configuration"), ("support.md", "letterhead-support.tar has:")])
    func `and those beside it run as they are written`(page: String, says: String) async throws {
      let host = try Host(sharing: try TemporaryDirectory())
      try await host.relay.start()
      let text = try String(contentsOfFile: "\(Checkout.path)/docs/\(page)", encoding: .utf8)
      let block = text.components(separatedBy: "```sh\n")[1].components(separatedBy: "```")[0]
      let folder = host.relay.directory.path
      let result = try await run(
        "sh", ["-c", "cd \(folder) && \(block)"], environment: ["PATH": "\(folder)/bin:/usr/bin:/bin"])
      #expect(result.output.contains(says) && result.errors.isEmpty)
    }
  }
}
