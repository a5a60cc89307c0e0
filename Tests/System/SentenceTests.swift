// The sentence that a person reads for each thing that goes wrong at a provider: at the terminal of `connect`, and later
// in `letterhead status` and the queue.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `What a person reads` {
    /// One thing that goes wrong: where, what the scripted provider plays, and what must be said about it.
    struct Trouble: CustomTestStringConvertible, Sendable {
      let provider: String
      let scenario: String
      let words: [String]

      init(_ provider: String, _ scenario: String, saying words: String...) {
        (self.provider, self.scenario, self.words) = (provider, scenario, words)
      }

      var testDescription: String { "\(provider): \(scenario)" }

      func isTold(in text: String) -> Bool { words.allSatisfy { text.contains($0) } }
    }

    /// A relay that knows the scripted provider by a name Letterhead knows.
    private func relay(_ provider: String, of rig: Rig, listener: String = "SCRIPTED_TLS") throws -> Relay {
      try Relay(entities: rig.corp(provider, at: listener, more: ""))
    }

    private func connect(
      _ relay: Relay, of rig: Rig, to provider: String, as address: String, _ more: String...
    ) async throws -> Finished {
      try await run(
        Relay.binary,
        ["connect", "acme", "--provider", provider, "--address", address, "--password-file", "-"]
          + ["--ca-file", rig.certificateAuthority, "--config", relay.configuration] + more, input: "geheim-1\n")
    }

    @Test func `a command with the configuration by its whole path, which works in every folder`() async throws {
      let relay = try Relay()
      let finished = try await run(
        "env", ["-C", relay.directory.path, Relay.binary, "test", "acme", "--config", "letterhead.toml"])
      let command = "letterhead connect --config \(relay.configuration) acme --help"
      #expect(finished.status == 1 && finished.errors.contains(command), "\(finished)")
    }

    // MARK: While connecting

    @Test(arguments: [
      Trouble(
        "microsoft", "tenant-switched-off",
        saying: "SMTP sending is switched off for the whole organisation", "Authenticated SMTP", "535 5.7.139"),
      Trouble("microsoft", "mailbox-switched-off", saying: "SMTP sending is switched off for", "Authenticated SMTP"),
      Trouble(
        "microsoft", "passwords-ended", saying: "no longer accepts passwords", "basic authentication is disabled"),
      Trouble("microsoft", "not-this-mailbox", saying: "does not accept", "535 5.7.3"),
      Trouble(
        "google", "app-password", saying: "wants an app password", "https://myaccount.google.com/apppasswords",
        "534"),
      Trouble("microsoft", "send-as-denied", saying: "may not send as", "Send As", "SendAsDenied"),
      Trouble("google", "daily-limit", saying: "reached its daily limit", "550 5.4.5"),
      Trouble("google", "throttled", saying: "temporary trouble", "421 4.7.0"),
      Trouble("microsoft", "mailbox-full", saying: "is full", "Sent Items", "554 5.2.2"),
    ])
    func `when connecting fails, at the terminal`(trouble: Trouble) async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      try rig.script(trouble.scenario, for: address)
      let relay = try relay(trouble.provider, of: rig)
      let finished = try await connect(relay, of: rig, to: trouble.provider, as: address)
      #expect(finished.status == 1 && trouble.isTold(in: "\(finished)"), "\(trouble.words) in:\n\(finished)")
      #expect(!"\(finished)".contains("geheim"), "a password was shown")
      try await relay.start()
      #expect(try relay.entity().state == "disconnected")
    }

    @Test func `that a port speaks TLS from the first byte, where STARTTLS was wanted`() async throws {
      let rig = try await Rig.running
      let relay = try Relay()
      let finished = try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMTP_TLS"))", "--security", "starttls", "--address",
        freshAddress(), "--password-file", "-", input: "x\n")
      #expect(finished.status == 1 && finished.errors.contains("--security tls"), "\(finished)")
    }

    @Test func `that a port is blocked here`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try relay("corp", of: rig, listener: "BLOCKED")
      let finished = try await connect(relay, of: rig, to: "corp", as: freshAddress())
      #expect(finished.status == 1 && finished.errors.contains("firewall"), "\(finished)")
      #expect(finished.errors.contains(rig.port("BLOCKED")), "\(finished)")
    }

    @Test func `that a port is blocked here and the provider's other one answers`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(at: "BLOCKED", more: "other_ports = [\(rig.port("SCRIPTED_TLS"))]"))
      let finished = try await connect(relay, of: rig, to: "corp", as: address).wentWell()
      let finding = "\(rig.port("BLOCKED")) is blocked here, \(rig.port("SCRIPTED_TLS")) answers"
      #expect((finished.output + finished.errors).contains(finding), "\(finding) in:\n\(finished)")
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
    }

    // MARK: Once connected

    private func connected(_ trouble: Trouble, _ rig: Rig) async throws -> Relay {
      let address = freshAddress()
      let relay = try Relay(
        entities: rig.corp(trouble.provider, at: "SCRIPTED_TLS", more: "") + "\n[entity.other]\n")
      try await connect(relay, of: rig, to: trouble.provider, as: address).wentWell()
      try rig.script(trouble.scenario, for: address)
      try await relay.start()
      try await relay.send(to: "ada@\(freshDomain())")
      return relay
    }

    @Test(arguments: [
      Trouble("google", "daily-limit", saying: "reached its daily limit (quota of messages a day) at Google"),
      Trouble("google", "rate-limit", saying: "unusual amount of mail", "Google"),
    ])
    func `when the provider wants a pause, in the status`(trouble: Trouble) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(trouble, rig)
      try await eventually("paused") { try relay.entity().state == "paused" }
      #expect(try !relay.status().errorFlag)
      let status = try await relay.letterhead("status")
      #expect(status.status == 1 && trouble.isTold(in: status.output), "\(trouble.words) in:\n\(status)")
    }

    @Test(arguments: [
      Trouble("microsoft", "send-as-denied", saying: "may not send as", "Send As"),
      Trouble("microsoft", "mailbox-full", saying: "itself is full", "Sent Items"),
      Trouble("microsoft", "tenant-switched-off", saying: "switched off for the whole organisation"),
    ])
    func `when a person must act, in the status and its flag`(trouble: Trouble) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(trouble, rig)
      try await eventually("the flag is up") { try relay.status().errorFlag }
      try await eventually("held") { try relay.entity().queue.held == 1 }
      let status = try await relay.letterhead("status")
      #expect(status.status == 2 && trouble.isTold(in: status.output), "\(trouble.words) in:\n\(status)")
    }

    @Test(arguments: [
      Trouble("google", "too-large", saying: "over what Google accepts", "552 5.3.4"),
      Trouble("google", "recipient-full", saying: "The recipient's mailbox is full", "552 5.2.2"),
    ])
    func `when one message fails, in the report on it and the queue`(trouble: Trouble) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(Trouble(trouble.provider, trouble.scenario + "\nonce"), rig)
      try await eventually("failed") { try relay.entity().queue.failed == 1 }
      #expect(try !relay.status().errorFlag)
      let queue = try await relay.letterhead("queue", "show", "1")
      #expect(queue.output.contains(trouble.words[1]), "\(queue)")
      // It goes to the mailbox itself, where nobody is named.
      let address = try relay.entity().address
      try await eventually("a report with \(trouble.words)") {
        // As quoted-printable its lines may break anywhere.
        try await rig.arrived(at: "corp.test").contains {
          $0.recipient == address && trouble.isTold(in: $0.message.replacing(#/=\r?\n/#, with: ""))
        }
      }
    }
  }
}
