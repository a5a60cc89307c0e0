// Real migrations: another program sends through the provider, its configuration is imported with its secrets, and
// Letterhead sends through the same provider. And tokens of Email OAuth 2.0 Proxy, with the right password and a wrong one.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Taking over another program's mail` {
    /// - Parameters:
    ///   - write: gives the path of the old main file.
    ///   - send: has the old program send to a recipient.
    private func migrate(
      from system: String, more: [String] = [], as address: String, of rig: Rig, _ file: String,
      sendingFirst send: (_ recipient: String) async throws -> Finished
    ) async throws {
      let domain = freshDomain()
      try await send("before@\(domain)").wentWell()
      #expect(try await rig.arrivals(1, at: domain).count == 1)

      let relay = try Relay(entities: try await entities(from: system, file, address))
      let imported = try await relay.letterhead(
        ["import", system, file, "--entity", "acme=\(address)", "--with-secrets"] + more)
      #expect(imported.status <= 1, "\(imported)")
      #expect(imported.output.contains("\nacme:\n"), "\(imported)")
      #expect(!"\(imported)".contains("geheim"), "a password was shown")
      try await relay.start()
      #expect(try relay.entity().state == "connected", "\(imported)")
      try await relay.send(to: "after@\(domain)")
      let arrived = try await rig.arrivals(2, at: domain)
      #expect(arrived.last?.returnPath == "<\(address)>")
    }

    /// What the import prints from the entities on, which is no secret.
    private func entities(from system: String, _ file: String, _ address: String) async throws -> String {
      let printed = try await run(Relay.binary, ["import", system, file, "--entity", "acme=\(address)"])
      #expect(!"\(printed)".contains("geheim"), "a password was shown")
      let start = try #require(printed.output.range(of: "[entity."), "\(printed)")
      return String(printed.output[start.lowerBound...])
    }

    private func account(of rig: Rig) async throws -> String {
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      return address
    }

    @Test func `works from msmtp, with STARTTLS and a command that prints the password`() async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      let folder = try TemporaryDirectory()
      let file = try folder.write(
        """
        account acme
        host localhost
        port \(rig.port("SMTP_STARTTLS"))
        tls on
        tls_trust_file \(rig.certificateAuthority)
        auth on
        user \(address)
        passwordeval echo geheim-1
        from \(address)
        account default : acme

        """, to: "msmtprc")
      chmod(file, 0o600)
      try await migrate(from: "msmtp", more: ["--run-passwordeval"], as: address, of: rig, file) { recipient in
        try await run(
          "msmtp", ["--file=\(file)", "--", recipient],
          input: "From: \(address)\nTo: \(recipient)\nSubject: Invoice\n\nHello.\n")
      }
    }

    /// The scripts in `Tests/System/downstream` write each program's configuration, to a server on this host without TLS.
    @Test(arguments: [("postfix", "postfix/main.cf"), ("nullmailer", "nullmailer/remotes"), ("dma", "dma/dma.conf")])
    func `works from a mail server`(system: String, main: String) async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      let folder = try TemporaryDirectory()
      chmod(folder.path, 0o755)
      let file = "\(folder.path)/etc/\(main)"
      try await migrate(from: system, as: address, of: rig, file) { recipient in
        let environment = [
          "DIR": folder.path, "PORT": rig.port("NO_STARTTLS"), "APP": address, "PASSWORD": "geheim-1", "TO": recipient,
        ]
        let sent = try await run(
          "\(Checkout.path)/Tests/System/downstream/\(system)", [], environment: environment,
          input: "From: erp@localhost\nTo: \(recipient)\nSubject: Invoice\n\nHello.\n")
        // The program had its own /etc; what it names there is here.
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("/etc/\(system)/", with: "\(folder.path)/etc/\(system)/")
          .write(toFile: file, atomically: true, encoding: .utf8)
        return sent
      }
    }

    // MARK: Tokens

    private func proxyFile(of rig: Rig, as address: String, in folder: TemporaryDirectory) async throws -> String {
      let script = """
        import base64, os, sys
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
        salt = os.urandom(16)
        key = PBKDF2HMAC(hashes.SHA256(), 32, salt, 1200000).derive(b"app password")
        print(base64.b64encode(salt).decode(), Fernet(base64.urlsafe_b64encode(key)).encrypt(sys.argv[1].encode()).decode())
        """
      let token = try await rig.grant(address)
      let made = try await run("\(Checkout.path)/.build/toolkit/bin/python", ["-c", script, token]).wentWell()
      let parts = made.output.split(whereSeparator: \.isWhitespace)
      let file = try folder.write(
        """
        [SMTP-1587]
        local_address = localhost
        server_address = localhost
        server_port = \(rig.port("SMTP_TLS"))

        [\(address)]
        token_url = \(rig["TOKEN_URL"])
        oauth2_scope = mail
        redirect_uri = http://localhost
        client_id = \(rig["CLIENT_ID"])
        client_secret = \(rig["CLIENT_SECRET"])
        token_salt = \(parts[0])
        token_iterations = 1200000
        refresh_token = \(parts[1])

        """, to: "emailproxy.config")
      chmod(file, 0o600)
      return file
    }

    @Test func `takes the tokens of Email OAuth 2.0 Proxy by the app's password`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let folder = try TemporaryDirectory()
      let file = try await proxyFile(of: rig, as: address, in: folder)
      let relay = try Relay(entities: try await entities(from: "email-oauth2-proxy", file, address))
      let words = [
        "import", "email-oauth2-proxy", file, "--entity", "acme=\(address)", "--with-secrets", "--ca-file",
        rig.certificateAuthority,
      ]

      let refused = try await relay.letterhead(words, input: "another password\n")
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains("That is not the password that the app signs in with as \(address)"), "\(refused)")

      let imported = try await relay.letterhead(words, input: "app password\n")
      #expect(imported.status == 1, "\(imported)")
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
      // The token was rotated when it was used first, and the new one was kept.
      try await relay.end()
      try await relay.start()
      try await relay.letterhead("test", "acme").wentWell()
    }

    // MARK: Writing

    @Test func `writes a configuration that passes its check, and none over another`() async throws {
      let folder = try TemporaryDirectory()
      let old = try folder.write("relayhost = [smtp.acme.example]:465\nmydestination =\n", to: "main.cf")
      let new = "\(folder.path)/letterhead.toml"
      let words = ["import", "postfix", old, "--entity", "acme=office@acme.example", "--into", new]
      let written = try await run(Relay.binary, words)
      #expect(written.status < 2, "\(written)")
      try await run(Relay.binary, ["check", "--config", new]).wentWell()
      let before = try String(contentsOfFile: new, encoding: .utf8)
      let again = try await run(Relay.binary, words)
      #expect(again.status == 1)
      #expect(again.errors.contains("--replace"), "\(again)")
      #expect(try String(contentsOfFile: new, encoding: .utf8) == before)
      #expect(try await run(Relay.binary, words + ["--replace"]).status < 2)
    }

    @Test func `says that nothing was of use, and writes nothing`() async throws {
      let folder = try TemporaryDirectory()
      let old = try folder.write("myhostname = mail.acme.example\n", to: "main.cf")
      let new = "\(folder.path)/letterhead.toml"
      let imported = try await run(Relay.binary, ["import", "postfix", old, "--into", new])
      #expect(imported.status == 2, "\(imported)")
      #expect(!FileManager.default.fileExists(atPath: new))
    }
  }
}

extension Relay {
  fileprivate func letterhead(_ words: [String], input: String = "") async throws -> Finished {
    try await run(Self.binary, words + ["--config", configuration], input: input)
  }
}
