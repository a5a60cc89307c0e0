// The passwords of apps, from the command that makes one to the command that takes it away.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The password of an app` {
    private static let entities = """
      [entity.acme]
      name = "Acme S.p.A."
      default = true
      [app.erp]
      sign_in = true
      """

    /// What stands alone on the first line.
    private func password(in finished: Finished) throws -> String {
      let line = try #require(finished.output.split(separator: "\n").first)
      #expect(line.utf8.count == 32, "\(finished)")
      return String(line)
    }

    private func config(of relay: Relay) -> [String] { ["--config", relay.configuration] }

    private func list(of relay: Relay) async throws -> [[String: Any]] {
      let output = try await relay.letterhead("app", "list", "--json").wentWell().output
      return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
    }

    @Test func `is shown once, with what the app's form asks for, and is nowhere else`() async throws {
      let relay = try Relay(entities: Self.entities)
      let made = try await relay.letterhead("app", "password", "erp").wentWell()
      let password = try password(in: made)
      for words in ["server", "127.0.0.1, port \(relay.port), no encryption", "user name  erp"] {
        #expect(made.output.contains(words), "\(made)")
      }
      let again = try await relay.letterhead("app", "password", "erp")
      #expect(again.status == 1 && again.output.isEmpty && !again.errors.contains(password), "\(again)")
      #expect(
        again.errors.contains("letterhead app password --config \(relay.configuration) erp --rotate --grace 7d"),
        "\(again)")
      let found = try await run("grep", ["-rlF", password, relay.directory.path])
      #expect(found.status == 1 && found.output.isEmpty, "\(found)")
    }

    @Test func `is made, replaced and revoked through the running relay`() async throws {
      let relay = try Relay(entities: Self.entities)
      try await relay.start()
      let first = try password(in: try await relay.letterhead("app", "password", "erp").wentWell())
      let second = try password(
        in: try await relay.letterhead("app", "password", "erp", "--rotate", "--grace", "7d").wentWell())
      #expect(first != second)
      let shown = try await relay.letterhead("app", "show", "erp").wentWell()
      #expect(shown.output.contains("older password: ") && !shown.output.contains(second), "\(shown)")
      #expect(try await list(of: relay).map { $0["password_made_at"] is String } == [true])
      try await relay.letterhead("app", "revoke", "erp").wentWell()
      #expect(try await list(of: relay).map { $0["password_made_at"] is String } == [false])
      let none = try await relay.letterhead("app", "revoke", "erp")
      #expect(none.status == 1 && none.errors.contains("erp has no password"), "\(none)")
      let audit = try await relay.letterhead("audit").wentWell()
      for line in ["password  app erp", "rotate  app erp", "revoke  app erp"] {
        #expect(audit.output.contains(line), "\(audit)")
      }
      #expect(!relay.log.contains(first) && !relay.log.contains(second))
      #expect(!audit.output.contains(first) && !audit.output.contains(second))
    }

    @Test func `guessed wrong by one user, keeps no other from signing in as the same app`() async throws {
      let relay = try Relay(entities: Self.entities)
      let password = try password(in: try await relay.letterhead("app", "password", "erp").wentWell())
      try await relay.start()
      func signIn(_ password: String) -> String {
        "AUTH PLAIN " + Data("\0erp\0\(password)".utf8).base64EncodedString()
      }
      // Side by side, three a second are looked at; each answer takes longer than the one before.
      var sessions: [LiveCommand] = []
      for wrong in [3, 6] {
        let start = ContinuousClock.now
        for _ in 1...3 {
          let session = try await relay.client("games").begin()
          try session.type("EHLO app.test")
          try session.type(signIn("wrong"))
          sessions.append(session)
        }
        try await eventually("\(wrong) wrong passwords") {
          relay.log.components(separatedBy: "wrong_password").count > wrong
        }
        guard wrong == 3 else { break }
        for session in sessions { _ = try await session.line("the refusal") { $0.hasPrefix("535 5.7.8") } }
        #expect(ContinuousClock.now - start >= .seconds(2))
      }
      let seventh = try await relay.client("games").say("EHLO app.test", signIn(password))
      #expect(seventh.last?.hasPrefix("421 4.7.0 Too many wrong passwords from this client") == true, "\(seventh)")
      let other = try await relay.client("www-data").say("EHLO app.test", signIn(password))
      #expect(other.last?.hasPrefix("235") == true, "\(other)")
    }

    @Test(arguments: [["--grace", "7d"], ["--rotate", "--grace", "soon"], ["--rotate", "--grace", "2000d"]])
    func `needs an order that makes sense`(words: [String]) async throws {
      let relay = try Relay(entities: Self.entities)
      #expect(try await run(Relay.binary, ["app", "password", "erp"] + words + config(of: relay)).status == 64)
    }

    /// A client's words as far as its sign-in.
    private static func signedIn(_ app: String, _ password: String) -> String {
      """
      S: 220 *
      C: HELO app
      S: 250 *
      C: AUTH PLAIN \(Data("\0\(app)\0\(password)".utf8).base64EncodedString())
      S: 235 *
      """
    }

    @Test func `is one of four on a mailbox, and ends alone`() async throws {
      let names = ["erp", "crm", "shop", "fax"]
      let relay = try Relay(
        entities: "[entity.acme]\ndefault = true\n" + names.map { "[app.\($0)]\nsign_in = true\n" }.joined())
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      var scripts: [String: String] = [:]
      for name in names { scripts[name] = Self.signedIn(name, try await relay.password(of: name)) }
      let revoked = scripts.removeValue(forKey: "crm") ?? ""
      // Sessions that are open meanwhile: the other three go on, its own is told.
      try await ScriptedClient.holding(Array(scripts.values), at: relay.endpoint, afterwards: "C: NOOP\nS: 250 *") {
        try await ScriptedClient.holding([revoked], at: relay.endpoint, afterwards: "S: 421 *\nS: (closes)") {
          try await relay.letterhead("app", "revoke", "crm").wentWell()
        }
      }
      try await ScriptedClient.play(revoked.replacing("S: 235", with: "S: 535"), to: relay.endpoint)
      for (name, script) in scripts { try await send(as: name, script, through: relay) }
      #expect(!relay.log.contains(/event=accepted .* app=crm/))
    }

    @Test func `is good beside its successor for as long as was said`() async throws {
      let relay = try Relay(entities: Self.entities)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      let first = Self.signedIn("erp", try await relay.password(of: "erp"))
      let second = Self.signedIn("erp", try await relay.password(of: "erp", "--rotate", "--grace", "7d"))
      for script in [first, second] { try await send(as: "erp", script, through: relay) }
      let third = Self.signedIn("erp", try await relay.password(of: "erp", "--rotate"))
      for script in [first, second] {
        try await ScriptedClient.play(script.replacing("S: 235", with: "S: 535"), to: relay.endpoint)
      }
      try await send(as: "erp", third, through: relay)
    }

    private func send(as app: String, _ signedIn: String, through relay: Relay) async throws {
      try await ScriptedClient.play(
        signedIn + """

          C: MAIL FROM:<erp@localhost>
          S: 250 *
          C: RCPT TO:<ada@there.test>
          S: 250 *
          C: DATA
          S: 354 *
          C: (body)
          S: 250 *
          """, to: relay.endpoint)
      let accepted = try Regex("event=accepted id=\\d+ entity=acme app=\(app) .*client=127.0.0.1")
      #expect(relay.log.contains(accepted), "\(relay.log)")
    }
  }
}
