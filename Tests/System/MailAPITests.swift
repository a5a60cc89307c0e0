// Mail that leaves by HTTPS: Microsoft Graph and the Gmail API, scripted (provider/scripted_api.py).

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A mailbox connected over a mail API` {
    /// A provider of which only the address is not the real one's.
    ///
    /// - Parameters:
    ///   - service: of the scripted token endpoint: for whom its tokens are.
    ///   - listener: where it takes SMTP.
    private func entities(
      _ rig: Rig, _ api: String = "graph", tokensFor service: String? = nil, smtp listener: String = "SCRIPTED_TLS"
    ) -> String {
      """
      [entity.acme]
      name = "Acme S.p.A."
      default = true
      [provider.\(api == "graph" ? "microsoft" : "google")-fake]
      label = "The fake"
      host = "localhost"
      port = \(rig.port(listener))
      security = "tls"
      token_url = "\(rig["SCRIPTED_TOKENS_URL"])/\(service ?? (api == "graph" ? "graph" : "gmail"))/token"
      app_only = "client-credentials"
      api = "\(api)"
      api_url = "https://localhost:\(rig.port("SCRIPTED_API"))"
      api_app_scopes = ["send"]
      """
    }

    /// - Parameter rule: of `unknown_outcome`.
    private func connected(
      _ rig: Rig, as address: String, tokensFor service: String, rule: String
    ) async throws -> Relay {
      let text = entities(rig, tokensFor: service).replacing(
        "default = true", with: "default = true\nunknown_outcome = \"\(rule)\"")
      let relay = try Relay(entities: text)
      try await connect(relay, of: rig, as: address).wentWell()
      try await relay.start()
      return relay
    }

    private func connect(
      _ relay: Relay, of rig: Rig, _ api: String = "graph", as address: String
    ) async throws -> Finished {
      let secret = try relay.directory.write("hush\n", to: "client-secret")
      return try await relay.letterhead(
        "connect", "acme", "--provider", "\(api == "graph" ? "microsoft" : "google")-fake", "--transport", api,
        "--address", address, "--app-only", "--client-id", "app", "--client-secret-file", secret, "--ca-file",
        rig.certificateAuthority)
    }

    private func connected(_ rig: Rig, _ api: String = "graph", as address: String) async throws -> Relay {
      let relay = try Relay(entities: entities(rig, api))
      try await connect(relay, of: rig, api, as: address).wentWell()
      try await relay.start()
      return relay
    }

    @Test func `of Graph is tested step by step, and sends to the envelope and nobody else`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try Relay(entities: entities(rig))
      let output = try await connect(relay, of: rig, as: address).wentWell().output
      for words in ["TLS", "an access token for https://graph.microsoft.com (Mail.Send)", "Permission", "202 accepted"]
      {
        #expect(output.contains(words), "\(output)")
      }
      try await relay.start()
      #expect(try relay.entity().transport == "graph")
      #expect(try await relay.letterhead("status").output.contains("(microsoft-fake, graph)"))

      let domain = freshDomain()
      let message = """
        From: ERP <erp@localhost>
        To: customer@\(domain)
        Cc: boss@\(domain)
        Subject: redirected

        Hello.

        """
      try await relay.send(message: message, to: ["dev@\(domain)"])
      let arrived = try await rig.arrivals(1, at: domain)
      #expect(arrived.map(\.recipient) == ["dev@\(domain)"])
      #expect(arrived[0].fields("To") == ["dev@\(domain)"])
      #expect(arrived[0].fields("X-Original-To") == ["customer@\(domain)"])
      try await relay.end()
      try await relay.start()
      try await relay.send(to: "again@\(domain)")
      #expect(try await rig.arrivals(2, at: domain).last?.recipient == "again@\(domain)")
    }

    @Test func `of the Gmail API sends to hidden recipients too`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(rig, "gmail-api", as: freshAddress())
      #expect(try relay.entity().transport == "gmail-api")
      let domain = freshDomain()
      try await relay.send(message: "Subject: hidden\n\nHello.\n", to: ["ada@\(domain)", "bob@\(domain)"])
      let arrived = try await rig.arrivals(2, at: domain)
      #expect(arrived.map(\.recipient).sorted() == ["ada@\(domain)", "bob@\(domain)"])
    }

    @Test func `sends to 600 recipients in two messages`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(rig, as: freshAddress())
      let domain = freshDomain()
      try await relay.send(message: "Subject: many\n\nHello.\n", to: (0..<600).map { "n\($0)@\(domain)" })
      #expect(Set(try await rig.arrivals(600, at: domain).map(\.recipient)).count == 600)
    }

    @Test(arguments: ["smtp", "graph", "gmail-api"])
    func `leaves a message that is signed as it was, octet for octet, and so does SMTP`(_ way: String) async throws {
      let rig = try await Rig.running(with: .scripted)
      let (address, domain) = (freshAddress(), freshDomain())
      let relay: Relay
      if way == "smtp" {
        relay = try Relay()
        try await relay.connect(to: "SCRIPTED_TLS", of: rig, as: address, password: "geheim-1").wentWell()
        try await relay.start()
      } else {
        relay = try await connected(rig, way, as: address)
      }
      let signed = try await signedMessage(in: relay.directory, to: "ada@\(domain)")
      try await relay.send(message: signed, to: ["ada@\(domain)"])
      let arrived = try #require(try await rig.arrivals(1, at: domain).first)
      #expect(arrived.body == signed.range(of: "\n\n").map { String(signed[$0.upperBound...]) })
      let file = try relay.directory.write(arrived.message, to: "arrived.eml")
      try await run("openssl", ["smime", "-verify", "-noverify", "-in", file]).wentWell()
    }

    /// By S/MIME, of text that would not survive a new encoding.
    private func signedMessage(in directory: TemporaryDirectory, to recipient: String) async throws -> String {
      let text = try directory.write("Signed \t \n.\n..\n=20\nFrom here on\n", to: "text")
      let (certificate, key) = (directory.path("sign.pem"), directory.path("sign.key"))
      let signed = directory.path("signed")
      let subject = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=erp"]
      try await run("openssl", ["req"] + subject + ["-keyout", key, "-out", certificate]).wentWell()
      let names = ["-from", "ERP <erp@localhost>", "-to", recipient, "-subject", "Signed"]
      let signing = ["smime", "-sign", "-in", text, "-signer", certificate, "-inkey", key, "-out", signed]
      try await run("openssl", signing + names).wentWell()
      return try String(contentsOfFile: signed, encoding: .utf8).replacing("\r\n", with: "\n")
    }

    // MARK: Answers

    @Test(arguments: [
      ("api 403 ErrorSendAsDenied x", "sender", "Send As"),
      ("api 403 ErrorAccessDenied x", "consent", "management scope"),
      ("api 404 ErrorInvalidUser x", "policy", "Exchange Online licence"),
      ("api 507 ErrorQuotaExceeded x", "policy", "Sent Items"),
      ("api 401 InvalidAuthenticationToken expired", "auth", "sign in again"),
    ])
    func `raises the flag with the remedy, holds the mail, and lets it go after a test that succeeds`(
      _ script: String, _ class: String, _ remedy: String
    ) async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try await connected(rig, as: address)
      let domain = freshDomain()
      try rig.script(script, for: address)
      try await relay.send(to: "ada@\(domain)")
      try await eventually("the flag is up") { try relay.status().errorFlag }
      let fault = try #require(try relay.entity().error)
      #expect(fault.class == `class` && fault.remedy.contains(remedy), "\(fault)")
      try await eventually("held") { try relay.entity().queue.held == 1 }
      try FileManager.default.removeItem(atPath: rig["SCRIPTED_DIR"] + "/\(address)")
      try await relay.letterhead("test", "acme").wentWell()
      #expect(try await rig.arrivals(1, at: domain).count == 1)
    }

    @Test func `pauses for as long as the provider says, and loses no message`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try await connected(rig, as: address)
      let domain = freshDomain()
      try rig.script("api 429 ApplicationThrottled x\nfield retry-after: 120\nonce", for: address)
      try await relay.send(to: "ada@\(domain)")
      try await eventually("paused") { try relay.entity().state == "paused" }
      try await relay.letterhead("queue", "retry", "--all").wentWell()
      #expect(try await rig.arrivals(1, at: domain).count == 1)
    }

    @Test func `that took a message and answered 504 keeps it as perhaps sent, and posts it once`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try await connected(rig, as: address)
      let domain = freshDomain()
      try rig.script("api 504 UnknownError x\nanyway\nonce", for: address)
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).count == 1)
      try await eventually("kept") { try await relay.letterhead("queue").output.contains("ada@\(domain)") }
      #expect(try await rig.arrived(at: domain).count == 1)
      #expect(try !relay.status().errorFlag)
    }

    @Test(arguments: [
      ("graph-reading", "found in Sent", 1), ("graph", "Mail.ReadBasic is not granted: 403 ErrorAccessDenied", 2),
    ])
    func `that took a message and answered 504 is asked for its Sent Items, where it may be`(
      _ tokens: String, _ words: String, _ arrivals: Int
    ) async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try await connected(rig, as: address, tokensFor: tokens, rule: "check")
      let domain = freshDomain()
      try rig.script("api 504 UnknownError x\nanyway\nonce", for: address)
      try await relay.send(to: "ada@\(domain)")
      try await eventually("unknown") { try await relay.letterhead("queue").output.contains(" unknown ") }
      let shown = try await relay.letterhead("queue", "show", "1").wentWell().output
      #expect(shown.contains("504 UnknownError") && shown.contains("client-request-id "), "\(shown)")
      try await eventually("delivered", within: .seconds(60)) {
        let entity = try relay.entity()
        return entity.totals.delivered == 1 && entity.queue.queued == 0
      }
      let arrived = try await rig.arrivals(arrivals, at: domain)
      #expect(arrived.count == arrivals && Set(arrived.flatMap { $0.fields("Message-ID") }).count == 1)
      let log = relay.log + (try await relay.letterhead("trace", "1").wentWell().output)
      #expect(log.contains(words), "\(log)")
    }

    @Test func `fails what is too large in words, and takes the next that is not`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await connected(rig, as: freshAddress())
      let domain = freshDomain()
      let line = String(repeating: "x", count: 76) + "\r\n"
      try await relay.send(to: "large@\(domain)", text: String(repeating: line, count: 30_000))
      try await eventually("failed") { try relay.entity().queue.failed == 1 }
      let shown = try await relay.letterhead("queue", "--state", "failed").output
      #expect(shown.contains("200"), "\(shown)")
      // Nothing so large is taken any more, whatever the app says of its size.
      try await ScriptedClient.play(
        """
        S: 220 *
        C: EHLO erp
        S: 250-*
        S: 250-PIPELINING
        S: 250-SIZE *
        S: 250-*
        S: 250-*
        S: 250-*
        S: 250 *
        C: MAIL FROM:<erp@localhost> SIZE=2340001
        S: 552 5.3.4 *
        C: QUIT
        S: 221 *
        """, to: relay.endpoint)
      try await relay.send(to: "small@\(domain)", text: String(repeating: line, count: 26_000))
      #expect(try await rig.arrivals(1, at: domain).map(\.recipient) == ["small@\(domain)"])
    }

    @Test func `behind a page that answers for it keeps each message, says so in the test, and limits no size`()
      async throws
    {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      let relay = try await connected(rig, as: address)
      let domain = freshDomain()
      try rig.script("api 200", for: address)
      try await relay.send(to: "ada@\(domain)")
      try await eventually("posted") { try await relay.letterhead("queue").output.contains("is not the mail API of") }
      let tested = try await relay.letterhead("test", "acme", "--to", "bob@\(domain)")
      #expect(tested.status == 1 && tested.errors.contains("is not the mail API of"), "\(tested)")
      try FileManager.default.removeItem(atPath: rig["SCRIPTED_DIR"] + "/\(address)")
      try await relay.letterhead("test", "acme").wentWell()
      try await relay.send(to: "large@\(domain)", text: String(repeating: "x\r\n", count: 20_000))
      #expect(try await rig.arrivals(1, at: domain).map(\.recipient) == ["large@\(domain)"])
    }

    // MARK: Which way

    @Test func `is not connected with a token for SMTP, and is told so`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try Relay(entities: entities(rig, tokensFor: "exchange"))
      let finished = try await connect(relay, of: rig, as: freshAddress())
      #expect(finished.status == 1 && finished.errors.contains("for another service of The fake"), "\(finished)")
      #expect(finished.errors.contains("aud https://outlook.office365.com"), "\(finished)")
    }

    @Test(arguments: ["tenant-switched-off", "mailbox-switched-off"])
    func `is offered where SMTP is switched off`(_ scenario: String) async throws {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      try rig.script(scenario, for: address)
      let relay = try Relay(entities: entities(rig))
      func connect(_ more: String...) async throws -> String {
        try await run(
          Relay.binary,
          [
            "connect", "acme", "--provider", "microsoft-fake", "--address", address, "--password-file", "-",
            "--ca-file",
            rig.certificateAuthority,
          ] + more + ["--config", relay.configuration], input: "x\n"
        ).errors
      }
      let errors = try await connect()
      #expect(errors.contains("Without SMTP, mail goes by Microsoft Graph over HTTPS"), "\(errors)")
      #expect(errors.contains("--provider microsoft-fake --transport graph --address \(address)"), "\(errors)")
      #expect(try await !connect("--transport", "smtp").contains("Without SMTP"))
    }

    @Test func `is refused without OAuth, and at a provider that has none`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try Relay(entities: entities(rig))
      let password = try await relay.letterhead(
        "connect", "acme", "--provider", "microsoft-fake", "--transport", "graph", "--address", "a@corp.test",
        "--password-file", "-", input: "x\n")
      #expect(password.status != 0 && password.errors.contains("takes no password over its mail API"), "\(password)")
      let other = try await relay.letterhead(
        "connect", "acme", "--provider", "yahoo", "--transport", "graph", "--address", "a@corp.test")
      #expect(other.status != 0 && other.errors.contains("has no graph"), "\(other)")
    }
  }
}
