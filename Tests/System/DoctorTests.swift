// `letterhead doctor` beside relays that are well, and beside what people meet.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The doctor of a host` {
    private struct Report: Decodable {
      struct Finding: Decodable { let check, level, sentence: String; let command: String? }
      let level: String
      let findings: [Finding]
    }

    private func examine(_ relay: Relay) async throws -> Report {
      let run = try await relay.letterhead("doctor", "--json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let report = try decoder.decode(Report.self, from: Data(run.output.utf8))
      #expect(run.status == ["ok": 0, "note": 0, "warning": 1, "error": 2][report.level])
      return report
    }

    private func findings(_ check: String, of relay: Relay) async throws -> [Report.Finding] {
      try await examine(relay).findings.filter { $0.check == check }
    }

    @Test func `finds nothing that stops the mail of a relay that is well`() async throws {
      let relay = try Relay()
      let rig = try await Rig.running
      try await rig.setPassword(of: "doctor@acme.test", to: "Sesame1")
      try await relay.start()
      try await relay.connect(to: "SMTP_TLS", of: rig, as: "doctor@acme.test", password: "Sesame1").wentWell()
      try await eventually("connected in the status file") { try relay.entity().state == "connected" }
      let report = try await examine(relay)
      #expect(report.findings.filter { $0.level == "error" }.map(\.sentence) == [])
      let checks = Set(report.findings.filter { $0.level == "ok" }.map(\.check))
      #expect(checks.isSuperset(of: ["configuration", "mailboxes", "disk", "key", "listeners", "upstream"]))
      let text = try await relay.letterhead("doctor")
      #expect(text.output.contains("ok       listeners"))
    }

    @Test func `tells of a key that is lost or wrong, where only an app's password was sealed, and what it says works`()
      async throws
    {
      let relay = try Relay(
        entities: "[entity.acme]\ndefault = true\n[app.scanner]\nsign_in = true\ncram_md5 = true\n")
      let password = ["app", "password", "scanner", "--cram-md5", "--config", relay.configuration]
      let key = relay.directory.path("state/key")
      for wrong in [false, true] {
        try await run(Relay.binary, password).wentWell()
        if wrong {
          try String(repeating: "ab", count: 32).write(toFile: key, atomically: false, encoding: .utf8)
        } else {
          try FileManager.default.removeItem(atPath: key)
        }
        let finding = try #require(try await findings("key", of: relay).first)
        #expect(
          finding.level == "error" && finding.sentence.contains("scanner cannot sign in by CRAM-MD5"), "\(finding)")
        #expect(!finding.sentence.contains("mailbox") && finding.sentence.contains(key), "\(finding)")
        #expect(try await run(Relay.binary, password + ["--rotate"]).status == 1, "it would be sealed with another key")
        let command = try #require(finding.command)
        try await run("sh", ["-c", command.replacing("letterhead ", with: "\(Relay.binary) ")]).wentWell()
        #expect(try await findings("key", of: relay).first?.level == "ok")
      }
      try await run(Relay.binary, password).wentWell()
    }

    @Test func `names a server that is gone, a port that is taken and a folder that is open`() async throws {
      let relay = try Relay()
      let rig = try await Rig.running
      try await rig.setPassword(of: "doctor2@acme.test", to: "Sesame1")
      try await relay.connect(to: "SMTP_TLS", of: rig, as: "doctor2@acme.test", password: "Sesame1").wentWell()
      let other = try await run(
        "sh", ["-c", "python3 -m http.server \(relay.port) --bind 127.0.0.1 >/dev/null 2>&1 & echo $!"])
      let pid = try #require(Int32(other.output.trimmingCharacters(in: .whitespacesAndNewlines)))
      defer { kill(pid, SIGKILL) }
      try await eventually("somebody listens") { try await findings("listeners", of: relay).first?.level == "error" }
      let listener = try #require(try await findings("listeners", of: relay).first)
      #expect(listener.sentence.contains("taken by python3 (process \(pid))"))
      let service = try #require(try await findings("service", of: relay).first)
      #expect(service.level == "error" && service.sentence == "The relay is not running.")

      chmod(relay.directory.path("state"), 0o755)
      let files = try await findings("files", of: relay)
      let command = try #require(files.first { $0.level == "error" }?.command)
      try await run("sh", ["-c", command]).wentWell()
      #expect(try await findings("files", of: relay).allSatisfy { $0.level != "error" })
    }

    @Test func `works with a configuration that has mistakes, and with none`() async throws {
      let relay = try Relay(limits: "max_recipients = \"many\"")
      let mistakes = try await findings("configuration", of: relay)
      #expect(mistakes.count == 1 && mistakes[0].level == "error" && mistakes[0].sentence.contains("max_recipients"))
      try FileManager.default.removeItem(atPath: relay.configuration)
      #expect(try await findings("configuration", of: relay)[0].sentence.contains("does not exist"))
    }
  }
}
