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

    /// What stands in an account besides its user.
    private func server(of rig: Rig, _ way: String) -> String {
      let port = rig.port(way == "STARTTLS" ? "SMTP_STARTTLS" : "SMTP_TLS")
      return """
        host localhost
        port \(port)
        tls on
        tls_starttls \(way == "STARTTLS" ? "on" : "off")
        tls_trust_file \(rig.certificateAuthority)
        auth on
        """
    }

    @Test(
      arguments: [
        ("STARTTLS", "account acme", "passwordeval echo geheim-1", "account default : acme"),
        ("TLS", "account acme", "password geheim-1", "account default : acme"),
        // Two accounts of one mailbox.
        ("TLS", "account first", "password geheim-1", "account default : first\nauth plain"),
      ])
    func `works from msmtp`(way: String, account head: String, secret: String, rest: String) async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      let folder = try TemporaryDirectory()
      let file = try folder.write(
        "\(head)\n\(server(of: rig, way))\nuser \(address)\n\(secret)\nfrom \(address)\n\(rest)\n", to: "msmtprc")
      chmod(file, 0o600)
      let more = secret.hasPrefix("passwordeval") ? ["--run-passwordeval"] : []
      try await migrate(from: "msmtp", more: more, as: address, of: rig, file) { recipient in
        try await run(
          "msmtp", ["--file=\(file)", "--", recipient],
          input: "From: \(address)\nTo: \(recipient)\nSubject: Invoice\n\nHello.\n")
      }
    }

    /// Mail of one program, as the scripts in `Tests/System/downstream` configure it: to a server on this host without TLS.
    ///
    /// - Parameter rewrite: the old files as they are where they are read now; the program had its own /etc.
    private func migrate(
      from system: String, _ main: String, as address: String, of rig: Rig, _ environment: [String: String] = [:],
      rewrite: (_ folder: TemporaryDirectory) throws -> Void = { _ in }
    ) async throws {
      let folder = try TemporaryDirectory()
      chmod(folder.path, 0o755)
      let file = "\(folder.path)/etc/\(main)"
      try await migrate(from: system, as: address, of: rig, file) { recipient in
        let usual = [
          "DIR": folder.path, "PORT": rig.port("NO_STARTTLS"), "APP": address, "PASSWORD": "geheim-1", "TO": recipient,
        ]
        let sent = try await run(
          "\(Checkout.path)/Tests/System/downstream/\(system)", [],
          environment: usual.merging(environment) { $1 },
          input: "From: erp@localhost\nTo: \(recipient)\nSubject: Invoice\n\nHello.\n")
        try rewrite(folder)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("/etc/\(system)/", with: "\(folder.path)/etc/\(system)/")
          .write(toFile: file, atomically: true, encoding: .utf8)
        return sent
      }
    }

    @Test(arguments: [("postfix", "postfix/main.cf"), ("nullmailer", "nullmailer/remotes"), ("dma", "dma/dma.conf")])
    func `works from a mail server`(system: String, main: String) async throws {
      let rig = try await Rig.running
      try await migrate(from: system, main, as: try await account(of: rig), of: rig)
    }

    @Test func `works from a Postfix in which each sender signs in for itself`() async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      let more = """
        smtp_sasl_auth_enable = yes
        smtp_sender_dependent_authentication = yes
        smtp_sasl_password_maps = inline:{ { erp@localhost = \(address):geheim-1 } }
        smtp_sasl_security_options = noanonymous
        """
      try await migrate(from: "postfix", "postfix/main.cf", as: address, of: rig, ["APP": "", "MORE": more])
    }

    @Test func `works from a Postfix that gives every sender one address`() async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      try await migrate(
        from: "postfix", "postfix/main.cf", as: address, of: rig, ["MORE": "sender_canonical_maps = static:\(address)"])
    }

    @Test func `works from Exim as Debian sets it up`() async throws {
      let rig = try await Rig.running
      let address = try await account(of: rig)
      try await migrate(from: "exim", "exim4/update-exim4.conf.conf", as: address, of: rig) { folder in
        let settings = """
          dc_eximconfig_configtype='satellite'
          dc_local_interfaces='127.0.0.1'
          dc_smarthost='127.0.0.1::\(rig.port("NO_STARTTLS"))'

          """
        try settings.write(
          toFile: "\(folder.path)/etc/exim4/update-exim4.conf.conf", atomically: true, encoding: .utf8)
        let password = try folder.write("127.0.0.1:\(address):geheim-1\n", to: "etc/exim4/passwd.client")
        chmod(password, 0o640)
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
      #expect(refused.status == 69)
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
      #expect(again.status == 73)
      #expect(again.errors.contains("--replace"), "\(again)")
      #expect(try String(contentsOfFile: new, encoding: .utf8) == before)
      chmod(new, 0o640)
      #expect(try await run(Relay.binary, words + ["--replace"]).status < 2)
      #expect(try mode(of: new) == 0o640)
      #expect(try String(contentsOfFile: new + ".before-import", encoding: .utf8) == before)
    }

    @Test func `takes a file of comments alone for none`() async throws {
      let folder = try TemporaryDirectory()
      let old = try folder.write("relayhost = [smtp.acme.example]:465\nmydestination =\n", to: "main.cf")
      let new = try folder.write("# Nothing here yet.\n\n  # name = \"x\"\n", to: "letterhead.toml")
      let words = ["import", "postfix", old, "--entity", "acme=office@acme.example", "--into", new]
      #expect(try await run(Relay.binary, words).status < 2)
      #expect(access(new + ".before-import", F_OK) != 0)
      try await run(Relay.binary, ["check", "--config", new]).wentWell()
    }

    private func mode(of path: String) throws -> UInt32 {
      var found = stat()
      guard lstat(path, &found) == 0 else { throw Failure("\(path) is not there") }
      return found.st_mode & 0o7777
    }

    @Test func `follows no link, and replaces nothing that is no file`() async throws {
      let folder = try TemporaryDirectory()
      let old = try folder.write("relayhost = [smtp.acme.example]:465\n", to: "main.cf")
      let words = ["import", "postfix", old, "--entity", "acme=office@acme.example", "--into"]
      let target = try folder.write("kept", to: "target")
      let link = "\(folder.path)/link.toml"
      symlink(target, link)
      let refused = try await run(Relay.binary, words + [link])
      #expect(refused.status == 73, "\(refused)")
      #expect(try await run(Relay.binary, words + [link, "--replace"]).status < 2)
      #expect(try String(contentsOfFile: target, encoding: .utf8) == "kept")
      #expect(try mode(of: link) == 0o644)

      let pipe = "\(folder.path)/pipe.toml"
      mkfifo(pipe, 0o600)
      #expect(try await run(Relay.binary, words + [pipe, "--replace"]).status == 73)
      #expect(try mode(of: pipe) == 0o600)
    }

    @Test func `tells an old configuration that is not there from one of no use`() async throws {
      let absent = try await run(Relay.binary, ["import", "dma", "/nowhere/dma.conf"])
      #expect(absent.status == 66, "\(absent)")
      #expect(absent.errors.contains("There is no /nowhere/dma.conf"))
    }

    @Test func `prints nothing of what it does not understand, on neither output`() async throws {
      let folder = try TemporaryDirectory()
      let old = try folder.write(
        "account acme\nhost smtp.acme.example\ntls on\nauth on\nuser u\npassword C4n4ry!1\nC4n4ry!2\nfrom C4n4ry!3\n"
          + "tls_trust_file C4n4ry!4\nport C4n4ry!5\nc4n4ry6=\naliases /C4n4ry!7\n", to: "msmtprc")
      for more in [[], ["--json"], ["--with-secrets", "--dry-run"], ["--into", "\(folder.path)/new.toml"]] {
        let printed = try await run(Relay.binary, ["import", "msmtp", old] + more)
        #expect(printed.status == 1, "\(printed)")
        #expect(!(printed.output + printed.errors).lowercased().contains("c4n4ry"), "\(printed)")
      }
    }

    /// In a mount namespace whose /etc is empty but for `files`.
    private func detect(_ files: String) async throws -> Finished {
      try await run(
        "unshare",
        [
          "--mount", "--propagation", "private", "sh", "-c",
          "mount -t tmpfs none /etc && \(files) && exec \"$0\" import --detect", Relay.binary,
        ])
    }

    @Test func `says what is at the usual places, and ends with 2 where nothing is`() async throws {
      let nothing = try await detect("true")
      #expect(nothing.status == 2, "\(nothing)")
      let found = try await detect("touch /etc/msmtprc")
      #expect(found.status == 0, "\(found)")
      #expect(found.output.contains("msmtp: /etc/msmtprc. Run: letterhead import msmtp"), "\(found)")
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
