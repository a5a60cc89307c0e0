// A provider that refuses, defers or is away: what becomes of the messages, and who is told.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Trouble at the provider` {
    @Test func `a refused recipient fails with the provider's words, and notify gets a report`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let domain = freshDomain()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay(entities: "[entity.acme]\ndefault = true\nnotify = [\"it@\(domain)\"]")
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      try await relay.send(to: "reject550@there.test", subject: "Invoice 1001")
      let report = try #require(try await rig.arrivals(1, at: domain).first)
      #expect(report.recipient == "it@\(domain)")
      #expect(report.message.contains("No such user here") && report.message.contains("Invoice 1001"))
      let unfolded = report.message.replacing(#/=\r?\n/#, with: "")
      #expect(unfolded.contains("letterhead queue show 1 --config \(relay.configuration)"), "\(unfolded)")
      try await eventually("failed") { try relay.entity().queue.failed == 1 }
      let shown = try await relay.letterhead("queue").wentWell()
      #expect(shown.output.contains("550 5.1.1"), "\(shown)")
      try await relay.letterhead("queue", "delete", "--all", "--yes").wentWell()
      try await eventually("deleted") { try relay.entity().queue.failed == 0 }
    }

    @Test func `a temporary refusal defers one message and no other`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress())
      let domain = freshDomain()
      try await relay.send(to: "defer450@\(domain)")
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.recipient) == ["ada@\(domain)"])
      try await eventually("deferred") { try relay.entity().queue.deferred == 1 }
      #expect(try relay.status().state == "ok")
    }

    @Test(arguments: ["DISK_FULL_TLS", "MAIL_451_TLS", "FEW_CONNECTIONS_TLS"])
    func `a server that takes nothing now loses nothing`(listener: String) async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      let domain = freshDomain()
      try await relay.letterhead("disconnect", "acme").wentWell()
      // Where the server takes no MAIL FROM, connecting says so.
      let refused = try await relay.connect(to: listener, of: rig, as: address, password: "geheim-1")
      #expect(refused.status == (listener == "FEW_CONNECTIONS_TLS" ? 0 : 1), "\(refused)")
      for number in 0..<12 { try await relay.send(to: "n\(number)@\(domain)") }
      if refused.status != 0 {
        try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      }
      #expect(try await rig.arrivals(12, at: domain).count == 12)
    }

    @Test func `a message too large for the provider fails, and its neighbours do not`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay(entities: "[entity.acme]\ndefault = true\nnotify = [\"it@reports.test\"]")
      try await relay.connect(to: "SMALL_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "large@\(domain)", text: String(repeating: "0123456789\r\n", count: 4_000))
      try await relay.send(to: "small@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.recipient) == ["small@\(domain)"])
      try await eventually("failed") { try relay.entity().queue.failed == 1 }
    }

    @Test func `the sandbox keeps mail as files, and status says that it is one`() async throws {
      let relay = try Relay()
      try await relay.letterhead("connect", "acme", "--provider", "sandbox", "--address", "office@corp.test").wentWell()
      try await relay.start()
      try await relay.send(to: "ada@there.test", subject: "Kept")
      let sandbox = relay.directory.path("state/sandbox")
      try await eventually("a file in the sandbox") {
        ((try? FileManager.default.contentsOfDirectory(atPath: sandbox)) ?? []).contains { $0.hasSuffix(".eml") }
      }
      let file = try #require(
        try FileManager.default.contentsOfDirectory(atPath: sandbox).first { $0.hasSuffix(".eml") })
      let kept = try String(contentsOfFile: "\(sandbox)/\(file)", encoding: .utf8)
      #expect(kept.contains("Subject: Kept") && kept.contains("From: ERP <office@corp.test>"))
      #expect(try relay.entity().provider == "sandbox")
      #expect(try await relay.letterhead("status").output.contains("sandbox"))
    }
  }
}
