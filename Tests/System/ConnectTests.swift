// `letterhead connect` and `test`: each step, and when one fails what is wrong and what to do.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Connecting a mailbox` {
    /// Nothing is saved unless the whole chain worked.
    private func refuse(_ listener: String, saying words: [String], password: String = "geheim-1") async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay()
      let finished = try await relay.connect(to: listener, of: rig, as: address, password: password)
      #expect(finished.status == 1, "\(finished)")
      let said = (finished.output + finished.errors).lowercased()
      for word in words { #expect(said.contains(word.lowercased()), "\(word) is missing in:\n\(finished)") }
      #expect(!said.contains("geheim"), "a password was shown")
      try await relay.start()
      #expect(try relay.entity().state == "disconnected")
    }

    @Test(
      arguments: [
        ("EXPIRED", "expired"), ("NOT_YET_VALID", "not valid before 2048"), ("WRONG_NAME", "mail.elsewhere.invalid"),
        ("OTHER_CA", "Some other authority"), ("SELF_SIGNED", "of its own making"),
        ("MISSING_INTERMEDIATE", "Letterhead test intermediate"),
      ], ["TLS", "STARTTLS"])
    func `says what is wrong with a certificate`(kind: (name: String, words: String), mode: String) async throws {
      try await refuse("\(kind.name)_\(mode)", saying: ["certificate", kind.words])
    }

    @Test func `refuses an authority that was not handed in`() async throws {
      let rig = try await Rig.running
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMTP_TLS"))", "--address", freshAddress(),
        "--password-file",
        "-", input: "x\n")
      #expect(finished.status == 1)
      #expect((finished.output + finished.errors).contains("--ca-file"), "\(finished)")
    }

    @Test func `says that a password was refused, with the server's words`() async throws {
      try await refuse("SMTP_TLS", saying: ["sign-in", "535 5.7.8"], password: "geheim-no")
    }

    @Test func `never sends a password where STARTTLS was asked for and is not offered`() async throws {
      let rig = try await Rig.running
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("NO_STARTTLS"))", "--security", "starttls", "--address",
        freshAddress(), "--password-file", "-", input: "geheim-1\n")
      #expect(finished.status == 1)
      #expect((finished.output + finished.errors).contains("STARTTLS"), "\(finished)")
    }

    @Test func `says that no sign-in is offered`() async throws {
      try await refuse("NO_AUTH_STARTTLS", saying: ["sign-in"])
    }

    @Test func `says that the server is closed for the moment, in its words`() async throws {
      try await refuse("BANNER_421_TLS", saying: ["421 4.3.2", "Closed for lunch"])
    }

    @Test func `says that the port is the one of the other TLS mode`() async throws {
      let rig = try await Rig.running
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMTP_STARTTLS"))", "--security", "tls", "--address",
        freshAddress(), "--password-file", "-", input: "x\n")
      #expect(finished.status == 1)
      #expect((finished.output + finished.errors).contains("starttls"), "\(finished)")
    }

    @Test func `says that nobody listens`() async throws {
      let rig = try await Rig.running
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("CLOSED"))", "--address", freshAddress(), "--password-file",
        "-",
        input: "x\n")
      #expect(finished.status == 1)
      #expect(finished.errors.contains("nothing listens on port \(rig.port("CLOSED"))"), "\(finished)")
    }

    @Test func `says that a name does not exist`() async throws {
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "no-such-host.invalid", "--address", freshAddress(), "--password-file", "-",
        input: "x\n")
      #expect(finished.status == 1)
      #expect((finished.output + finished.errors).contains("no-such-host.invalid"), "\(finished)")
    }

    @Test(arguments: [
      (["--smtp", "127.mail.example:25", "--security", "none", "--no-auth"], "works to this host only"),
      (["--provider", "icloud", "--password-file", "/tmp"], "/tmp cannot be read: it is no file."),
      (["--provider", "ses", "--password-file", "-"], "sa-east-1.\n"),
    ])
    func `names the mistake in what was typed`(options: [String], words: String) async throws {
      let relay = try Relay()
      let call = ["connect", "acme", "--address", freshAddress()] + options + ["--config", relay.configuration]
      let refused = try await run(Relay.binary, call)
      #expect(refused.status != 0 && refused.errors.contains(words), "\(refused)")
    }

    @Test func `is told with the configuration that was named`() async throws {
      let relay = try Relay()
      for verb in ["test", "reconnect", "disconnect"] {
        let refused = try await relay.letterhead(verb, "acme")
        #expect(refused.status == 1, "\(refused)")
        let command = "letterhead connect --config \(relay.configuration) acme --help"
        #expect(refused.errors.contains(command), "\(refused)")
      }
      let rig = try await Rig.running
      let password = try relay.directory.write("geheim-no\n", to: "password file")
      let failed = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMTP_TLS"))", "--address", freshAddress(),
        "--password-file", password, "--ca-file", rig.certificateAuthority)
      let typed = "--password-file '\(password)' --ca-file \(rig.certificateAuthority)"
      #expect(failed.status == 1 && failed.errors.contains(typed), "\(failed)")
      #expect(failed.errors.contains("letterhead connect acme --config \(relay.configuration) --smtp "), "\(failed)")
      #expect(!failed.errors.contains("saved"), "\(failed)")
    }

    @Test func `leaves no core file while it knows a secret`() async throws {
      let relay = try Relay()
      let command = try await LiveCommand(
        Relay.binary,
        ["connect", "acme", "--provider", "google", "--client-id", "app", "--paste", "--address", freshAddress()]
          + ["--config", relay.configuration])
      _ = try await command.address()
      let core = try #require(command.limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
      #expect(core.split(separator: " ").filter { Int($0) != nil } == ["0", "0"], "\(core)")
    }

    @Test func `is refused while another address is connected, and allowed again for the same`() async throws {
      let rig = try await Rig.running
      let (first, second) = (freshAddress(), freshAddress())
      for address in [first, second] { try await rig.setPassword(of: address, to: "geheim-1") }
      let relay = try Relay()
      try await relay.connect(to: "SMTP_TLS", of: rig, as: first, password: "geheim-1").wentWell()
      let refused = try await relay.connect(to: "SMTP_TLS", of: rig, as: second, password: "geheim-1")
      #expect(refused.status == 1)
      #expect(refused.errors.contains("disconnect"), "\(refused)")
      try await relay.connect(to: "SMTP_TLS", of: rig, as: first, password: "geheim-1").wentWell()
      try await relay.letterhead("disconnect", "acme").wentWell()
      try await relay.connect(to: "SMTP_TLS", of: rig, as: second, password: "geheim-1").wentWell()
    }

    @Test func `prints each step, and test runs the same chain and sends a message`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay()
      let connected = try await relay.connect(to: "SMTP_STARTTLS", of: rig, as: address, password: "geheim-1")
        .wentWell()
      for word in ["localhost", "TLSv1.3", "mx.provider.test", "MAIL FROM"] {
        #expect(connected.output.contains(word), "\(word) is missing in:\n\(connected)")
      }
      try await relay.letterhead("test", "acme").wentWell()
      let domain = freshDomain()
      try await relay.letterhead("test", "acme", "--to", "me@\(domain)").wentWell()
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
      try await rig.setPassword(of: address, to: "geheim-2")
      let broken = try await relay.letterhead("test", "acme")
      #expect(broken.status == 1 && broken.errors.contains("535"), "\(broken)")
    }
  }
}
