// What people copy: every file in Examples/ that can run here is run.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The examples` {
    private static let folder = "\(Checkout.path)/Examples"

    private func firstMessage(_ program: String, _ arguments: [String], environment: [String: String] = [:])
      async throws
    {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      let domain = freshDomain()
      let settings = ["PORT": "\(relay.port)", "TO": "ada@\(domain)"]
      try await run(program, arguments, environment: settings.merging(environment) { $1 }).wentWell()
      let arrived = try await rig.arrivals(1, at: domain)
      #expect(arrived.map { $0.fields("From") } == [["Billing <\(address)>"]])
    }

    @Test func `the service unit, which systemd understands and finds well confined`() async throws {
      let unit = try String(contentsOfFile: "\(Self.folder)/letterhead.service", encoding: .utf8)
      let directory = try TemporaryDirectory()
      let file = try directory.write(
        unit.replacingOccurrences(of: "/usr/local/bin/letterhead", with: Relay.program), to: "letterhead.service")
      let verified = try await run("systemd-analyze", ["verify", "--man=no", file]).wentWell()
      #expect(verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
      // In tenths: SECURITY.md says 1.5 of 10.
      try await run("systemd-analyze", ["security", "--offline=true", "--threshold=15", file]).wentWell()
    }

    @Test func `a first message from Python`() async throws {
      try await firstMessage("python3", ["\(Self.folder)/clients/first_message.py"])
    }

    @Test func `a first message from PHP`() async throws {
      try await firstMessage("php", ["\(Self.folder)/clients/first_message.php"])
    }

    @Test func `a first message from Node`() async throws {
      try await firstMessage(
        "node", ["\(Self.folder)/clients/first_message.js"], environment: ["NODE_PATH": "/usr/share/nodejs"])
    }

    @Test func `a first message from Java`() async throws {
      let jars = "/usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar"
      try await firstMessage("java", ["-cp", jars, "\(Self.folder)/clients/FirstMessage.java"])
    }

    @Test func `mail from cron, by msmtp in sendmail's place`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      let settings = try String(contentsOfFile: "\(Self.folder)/clients/msmtprc", encoding: .utf8)
      let file = try relay.directory.write(settings.replacing("port 2525", with: "port \(relay.port)"), to: "msmtprc")
      let domain = freshDomain()
      let mail = "From: \"(Cron Daemon)\" <root>\nTo: ops@\(domain)\nSubject: Cron <root@host> backup\n\nDone.\n"
      try await run("msmtp", ["-C", file, "-i", "-t", "-FCronDaemon"], input: mail).wentWell()
      let arrived = try await rig.arrivals(1, at: domain)
      #expect(arrived.map(\.returnPath) == ["<\(address)>"])
      #expect(arrived.map(\.body) == ["Done.\n"])
    }

    @Test func `the README's configuration passes letterhead check`() async throws {
      let readme = try String(contentsOfFile: "\(Checkout.path)/README.md", encoding: .utf8)
      let toml = try #require(readme.split(separator: "```toml\n").dropFirst().first?.split(separator: "```").first)
      let directory = try TemporaryDirectory()
      let file = try directory.write(String(toml), to: "letterhead.toml")
      try await run(Relay.binary, ["check", "--config", file]).wentWell()
    }

    @Test func `what the docs say that connect --explain prints is what it prints`() async throws {
      let copy = try TemporaryDirectory()
      try await run("cp", ["-r", "\(Checkout.path)/docs", copy.path("docs")]).wentWell()
      try await run("\(Checkout.path)/scripts/make-docs", [Relay.binary, copy.path("docs")]).wentWell()
      let difference = try await run("diff", ["-r", "\(Checkout.path)/docs", copy.path("docs")])
      #expect(difference.status == 0, "run: make docs\n\(difference)")
    }

    @Test(arguments: ["letterhead.toml", "several.toml", "quickstart.toml"])
    func `a configuration passes letterhead check`(name: String) async throws {
      try await run(Relay.binary, ["check", "--config", "\(Self.folder)/\(name)"]).wentWell()
    }

    @Test func `the check for monitoring has the exit codes of its kind`() async throws {
      let relay = try Relay()
      func check() async throws -> Finished {
        try await run(
          "\(Self.folder)/check_letterhead", ["--config", relay.configuration],
          environment: ["LETTERHEAD": Relay.binary])
      }
      let down = try await check()
      #expect(down.status == 2 && down.output.hasPrefix("LETTERHEAD CRITICAL - The relay is not running"), "\(down)")
      try await relay.start()
      try await eventually("ok") { try await check().status == 0 }
      try await relay.send(to: "ada@there.test")
      try await eventually("warning") { try await check().status == 1 }
      try await relay.kill()
      let gone = try await check()
      #expect(gone.status == 2 && gone.output.hasPrefix("LETTERHEAD CRITICAL - The relay is not running: "), "\(gone)")
      let none = try await run(
        "\(Self.folder)/check_letterhead", [], environment: ["LETTERHEAD": "/nowhere/letterhead"])
      #expect(none.status == 3 && none.output.hasPrefix("LETTERHEAD UNKNOWN"), "\(none)")
    }

    /// The grammars of those who read it: one line for the relay, one for `acme`.
    @Test(arguments: [
      (
        "nagios",
        #"\ALETTERHEAD OK - [^|\n]+ \| ('[^'=]+'=\d+(s|c)?;;;0 )+'[^'=]+'=\d+(s|c)?;;;0\nacme OK: [^|\n]+\n\z"#,
        #"\ALETTERHEAD CRITICAL - [^|\n]+\nacme UNKNOWN: [^|\n]+\n\z"#, 2
      ),
      (
        "checkmk", #"\A(0 "Letterhead (relay|acme)" ([a-z]+=\d+\|)+[a-z]+=\d+ [^\n]+\n){2}\z"#,
        #"\A2 "Letterhead relay" - [^\n]+\n3 "Letterhead acme" - [^\n]+\n\z"#, 0
      ),
      (
        "zabbix", #"\A\[\{"relay":1,"state":0,[^\n]+\},\n\{"entity":"acme","state":0,[^\n]+\}\]\n\z"#,
        #"\A\[\{"relay":1,"state":2,[^\n]+\},\n\{"entity":"acme","state":3,[^\n]+\}\]\n\z"#, 0
      ),
    ])
    func `the check speaks to a monitoring system, also of a relay that is dead`(
      format: String, running: String, dead: String, code: Int
    ) async throws {
      let relay = try Relay()
      func check() async throws -> Finished {
        try await run(
          "\(Self.folder)/check_letterhead", ["--config", relay.configuration, "--format", format],
          environment: ["LETTERHEAD": Relay.binary])
      }
      try await relay.start()
      let well = try await check()
      #expect(try well.status == 0 && well.output.contains(Regex(running)), "\(well)")
      try await relay.kill()
      let gone = try await check()
      #expect(try gone.status == code && gone.output.contains(Regex(dead)), "\(gone)")
      let none = try await run(
        "\(Self.folder)/check_letterhead", ["--format", format], environment: ["LETTERHEAD": "/nowhere/letterhead"])
      let word = [
        "nagios": "LETTERHEAD UNKNOWN - ", "checkmk": "3 \"Letterhead relay\" - ",
        "zabbix": "[{\"relay\":1,\"state\":3,",
      ]
      #expect(none.output.hasPrefix(word[format] ?? "?"), "\(none)")
    }

    @Test func `the status file keeps to its schema, with and without a fault`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      try await validate(relay)
      try await relay.end()
      try await rig.setPassword(of: address, to: "geheim-22")
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")
      try await eventually("the flag is up") { try relay.status().errorFlag }
      try await validate(relay)
    }

    private func validate(_ relay: Relay) async throws {
      let script = """
        import json, sys, jsonschema
        schema, status = (json.load(open(name)) for name in sys.argv[1:3])
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.validate(status, schema)
        missing = schema["required"] and set(status) - set(schema["properties"])
        assert not missing, f"not in the schema: {missing}"
        """
      try await run(
        "/usr/bin/python3", ["-c", script, "\(Self.folder)/status.schema.json", relay.directory.path("status.json")]
      ).wentWell()
    }
  }
}
