// Sign-in flows of `letterhead connect` for machines without a browser and for apps without a person.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Signing in without a browser on this machine` {
    private func connecting(
      _ relay: Relay, of rig: Rig, as address: String, _ way: String
    ) async throws -> LiveCommand {
      try await relay.connecting(
        "--provider", "corp", "--address", address, way, "--ca-file", rig.certificateAuthority)
    }

    private func delivers(_ relay: Relay, of rig: Rig, as address: String) async throws {
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
    }

    // MARK: A person

    @Test func `takes the pasted address of the page that failed to load, at the second try too`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp())
      let command = try await connecting(relay, of: rig, as: address, "--paste")
      let page = try await rig.visit(try await command.address(), as: address)
      try command.type(try #require(page.address.components(separatedBy: "&state").first))
      _ = try await command.line("what is missing in it") { $0.contains("state=") && $0.contains("whole address") }
      try command.type(page.address)
      try await command.finished().wentWell()
      try await delivers(relay, of: rig, as: address)
      #expect(try await savedScope(of: relay) == "mail")  // openid was for finding out who signed in
    }

    private func savedScope(of relay: Relay) async throws -> String {
      let script = """
        import json, sqlite3, sys
        row = sqlite3.connect(sys.argv[1]).execute("SELECT sign_in FROM mailboxes").fetchone()
        print(json.loads(row[0])["scope"], end="")
        """
      let database = relay.directory.path("state/mailboxes.sqlite")
      return try await run("python3", ["-c", script, database]).wentWell().output
    }

    private func shownCode(by command: LiveCommand) async throws -> String {
      let line = try await command.line("a code to type") { $0.contains("code ") }
      let code = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).last {
        $0.count == 8 && $0 == $0.uppercased()[...]
      }
      return String(try #require(code, "no code in: \(line)"))
    }

    @Test func `takes a device code that the person approved on any device`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp(client: "letterhead-device"))
      let command = try await connecting(relay, of: rig, as: address, "--device")
      let url = try await command.address()
      let page = try await rig.visit(url, as: address, code: try await shownCode(by: command))
      #expect(page.text.contains("Authorized"), "\(page)")
      try await command.finished().wentWell()
      try await delivers(relay, of: rig, as: address)
    }

    @Test func `saves nothing when the person denies the device code`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp(client: "letterhead-device"))
      let command = try await connecting(relay, of: rig, as: address, "--device")
      let url = try await command.address()
      _ = try await rig.visit(url, as: address, pressing: .deny, code: try await shownCode(by: command))
      let finished = try await command.finished()
      #expect(finished.status == 1 && finished.errors.contains("access_denied"), "\(finished)")
      try await relay.start()
      #expect(try relay.entity().state == "disconnected")
    }

    @Test func `after the person took the permission back: flag, held, connect again, and all goes out`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp(at: "TOOLKIT_IDLE_2S_TLS"))
      let domain = freshDomain()
      for round in 0...1 {
        // The second time everything but the sign-in is as it is saved.
        let command =
          round == 0
          ? try await connecting(relay, of: rig, as: address, "--paste")
          : try await LiveCommand(Relay.binary, ["reconnect", "acme", "--paste", "--config", relay.configuration])
        try command.type(try await rig.visit(try await command.address(), as: address).address)
        try await command.finished().wentWell()
        guard round == 0 else { break }
        try await delivers(relay, of: rig, as: address)
        try await Task.sleep(for: .seconds(3))
        try await rig.revoke(address)
        for number in 0..<5 { try await relay.send(to: "n\(number)@\(domain)") }
        try await eventually("the flag is up") { try relay.status().errorFlag }
        try await eventually("held") { try relay.entity().queue.held == 5 }
        let fault = try #require(try relay.entity().error)
        #expect(fault.class == "auth" && fault.remedy.contains("letterhead reconnect acme"), "\(fault)")
      }
      #expect(try await rig.arrivals(5, at: domain).count == 5)
      try await eventually("the flag is down") { try !relay.status().errorFlag }
    }

    // MARK: An app

    @Test func `lets an app sign in by its own secret, for any mailbox`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let soon = (Date() + 5 * 86_400).ISO8601Format().prefix(10)
      let relay = try Relay(
        entities: rig.corp(
          client: "letterhead-daemon", oauth: "client_secret_file = \"secret\"\nsecret_expires = \(soon)"))
      try relay.directory.write(rig["TOOLKIT_SECRET"] + "\n", to: "secret")
      try await connecting(relay, of: rig, as: address, "--app-only").finished().wentWell()
      try await delivers(relay, of: rig, as: address)
      // The end of the secret is near: status and log say so, and nothing is wrong yet.
      let status = try await relay.letterhead("status").wentWell()
      #expect(status.output.contains("client secret of acme at corp ends on \(soon)"), "\(status)")
      #expect(relay.log.contains("client secret of acme"))
    }

    @Test func `says that an app's secret is wrong`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let relay = try Relay(
        entities: rig.corp(client: "letterhead-daemon", oauth: "client_secret_file = \"secret\""))
      try relay.directory.write("geheim\n", to: "secret")
      let finished = try await connecting(relay, of: rig, as: freshAddress(), "--app-only").finished()
      #expect(finished.status == 1 && finished.errors.contains("invalid_client"), "\(finished)")
      #expect(finished.errors.contains("secret") && !"\(finished)".contains("geheim"), "\(finished)")
    }

    /// A key and its certificate, which the scripted token endpoint knows.
    private func makeCertificate(for relay: Relay, of rig: Rig, known: Bool = true) async throws {
      let (key, certificate) = (relay.directory.path("key.pem"), relay.directory.path("certificate.pem"))
      try await run(
        "openssl",
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", "/CN=Letterhead"]
          + ["-keyout", key, "-out", certificate]
      ).wentWell()
      guard known else { return }
      try await run("cp", [certificate, rig["SCRIPTED_DIR"] + "/certificate.pem"]).wentWell()
    }

    @Test func `lets an app sign in by its certificate`() async throws {
      let rig = try await Rig.running(with: .toolkit, .scripted)
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(
          client: "letterhead-daemon", scripted: "assertion",
          oauth: "certificate = \"certificate.pem\"\nkey = \"key.pem\""))
      try await makeCertificate(for: relay, of: rig)
      try await connecting(relay, of: rig, as: address, "--app-only").finished().wentWell()
      try await delivers(relay, of: rig, as: address)

      // The provider knows another certificate than the one at hand.
      try await makeCertificate(for: relay, of: rig, known: false)
      let finished = try await connecting(relay, of: rig, as: address, "--app-only").finished()
      #expect(finished.status == 1 && finished.errors.contains("AADSTS700027"), "\(finished)")
      #expect(finished.errors.contains("certificate"), "\(finished)")
    }

    /// A token as a cluster signs it for a workload, into the file `assertion`.
    private func writeAssertion(for relay: Relay, lasting time: TimeInterval) async throws {
      let claims = """
        {"iss":"https://cluster.example","sub":"system:serviceaccount:mail:letterhead",\
        "aud":"api://AzureADTokenExchange","exp":\(Int(Date().timeIntervalSince1970 + time))}
        """
      func base64URL(_ octets: some Sequence<UInt8>) -> String {
        Data(octets).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      }
      let signed = ["{\"alg\":\"RS256\"}", claims].map { base64URL($0.utf8) }.joined(separator: ".")
      let (text, seal) = (try relay.directory.write(signed, to: "signed"), relay.directory.path("seal"))
      let key = relay.directory.path("key.pem")
      try await run("openssl", ["dgst", "-sha256", "-sign", key, "-out", seal, text]).wentWell()
      let signature = try Data(contentsOf: URL(filePath: seal))
      try relay.directory.write("\(signed).\(base64URL(signature))\n", to: "assertion")
    }

    @Test func `lets an app sign in by the assertion that something else keeps in a file`() async throws {
      let rig = try await Rig.running(with: .toolkit, .scripted)
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(
          client: "letterhead-daemon", scripted: "federated", oauth: "client_assertion_file = \"assertion\""))
      try await makeCertificate(for: relay, of: rig)
      func connecting() async throws -> Finished {
        try await self.connecting(relay, of: rig, as: address, "--app-only").finished()
      }
      let missing = try await connecting()
      #expect(missing.status == 1 && missing.errors.contains("corp was not asked for a token"), "\(missing)")
      #expect(missing.errors.contains("\(relay.directory.path("assertion")) with the client assertion is missing"))
      try await writeAssertion(for: relay, lasting: -60)
      let old = try await connecting()
      #expect(old.status == 1 && old.errors.contains("was not renewed"), "\(old)")
      try await writeAssertion(for: relay, lasting: 600)
      try await connecting().wentWell()
      try await delivers(relay, of: rig, as: address)
      let assertion = try String(contentsOfFile: relay.directory.path("assertion"), encoding: .utf8).dropLast()
      #expect(!relay.log.contains(assertion.suffix(100)))
    }

    @Test func `lets an app sign in by a secret that a command prints`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(client: "letterhead-daemon", oauth: "client_secret_command = [\"/bin/sh\", \"VAULT\"]"))
      let vault = try relay.directory.write("echo sealed >&2\nexit 2\n", to: "vault")
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(text.replacing("VAULT", with: vault), to: "letterhead.toml")
      let failed = try await connecting(relay, of: rig, as: address, "--app-only").finished()
      #expect(failed.status == 1 && failed.errors.contains("ended with status 2 and said \"sealed\""), "\(failed)")
      try relay.directory.write("echo '\(rig["TOOLKIT_SECRET"])'\n", to: "vault")
      try await connecting(relay, of: rig, as: address, "--app-only").finished().wentWell()
      try await delivers(relay, of: rig, as: address)
    }

    @Test func `lets a service account sign in for a mailbox`() async throws {
      let rig = try await Rig.running(with: .toolkit, .scripted)
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(
          scripted: "assertion", more: "app_only = \"service-account\"", oauth: "key = \"account.json\""))
      try await makeCertificate(for: relay, of: rig)
      let account = [
        "type": "service_account", "client_email": "letterhead@project.iam.example", "private_key_id": "1",
        "client_id": "117", "private_key": try String(contentsOfFile: relay.directory.path("key.pem"), encoding: .utf8),
        "token_uri": rig["SCRIPTED_TOKENS_URL"] + "/assertion/token",
      ]
      try relay.directory.write(try JSONEncoder().encode(account), to: "account.json")
      try await connecting(relay, of: rig, as: address, "--app-only").finished().wentWell()
      try await delivers(relay, of: rig, as: address)
    }
  }
}
