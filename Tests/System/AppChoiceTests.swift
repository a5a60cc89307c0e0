// An app names the entity of a message, where it may; and `letterhead route` says beforehand what will happen.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The entity of a message` {
    private static let configuration = """
      [entity.payroll]
      senders = ["pay@acme.example"]
      allow = ["user:backup"]
      [entity.acme]
      default = true
      senders = ["*@acme.example"]
      [entity.brandb]
      senders = ["*@brandb.example"]
      [app.shop]
      match = ["user:www-data"]
      sign_in = true
      entities = ["acme", "brandb"]
      choose = ["header", "user", "address"]
      [app.plain]
      match = ["user:daemon"]
      entities = ["acme", "brandb"]
      senders = ["*@acme.example", "*@brandb.example"]
      recipients = ["*@d.test"]
      """

    /// The user, the envelope's sender, what `X-Letterhead-Entity` says, and the entity or the refusal.
    private static let cases: [(user: String, sender: String, named: String?, outcome: String)] = [
      ("daemon", "erp@acme.example", nil, "acme"),
      ("daemon", "erp@brandb.example", nil, "brandb"),
      (
        "daemon", "erp@acme.example", "brandb",
        "App plain may not name its entity by X-Letterhead-Entity: add \"header\""
      ),
      ("daemon", "erp+brandb@acme.example", nil, "acme"),
      ("daemon", "erp@elsewhere.test", nil, "App plain may not use the sender <erp@elsewhere.test>: add it to senders"),
      ("www-data", "erp@acme.example", nil, "acme"),
      ("www-data", "erp@acme.example", "brandb", "brandb"),
      ("www-data", "erp+brandb@acme.example", nil, "brandb"),
      ("www-data", "erp+brandb@acme.example", "acme", "acme"),
      ("www-data", "erp@acme.example", "payroll", "may not send as payroll; add it to entities in [app.shop]"),
      ("www-data", "erp@acme.example", "nobody", "There is no entity \"nobody\", which app shop names"),
      ("www-data", "pay@acme.example", nil, "acme"),
      ("backup", "pay@acme.example", nil, "payroll"),
      ("backup", "erp@acme.example", "brandb", "Only an app of the configuration may name its entity"),
      ("games", "pay@acme.example", nil, "acme"),
    ]

    @Test func `is what letterhead route says, in each of these cases`() async throws {
      let relay = try Relay(entities: Self.configuration + "\n[access]\nunknown = \"allow\"")
      try await relay.start()
      for (user, sender, named, outcome) in Self.cases {
        let header = named.map { ["X-Letterhead-Entity: \($0)"] } ?? []
        let reply = try await relay.client(user).send(from: sender, to: "c@d.test", header: header)
        let words = ["route", "--from", sender, "--user", user] + (named.map { ["--entity", $0] } ?? [])
        let route = try await run(Relay.binary, words + ["--json", "--config", relay.configuration])
        let told = try #require(JSONSerialization.jsonObject(with: Data(route.output.utf8)) as? [String: Any])
        if outcome.contains(" ") {
          #expect(reply.hasPrefix("550 5.7.1 ") && reply.contains(outcome), "\(user) \(sender): \(reply)")
          #expect(reply.hasSuffix("\(told["reason"] ?? "")") && route.status == 1, "\(route) but \(reply)")
        } else {
          #expect(reply.hasPrefix("250"), "\(user) \(sender): \(reply)")
          let entity = try await relay.json("queue").last?["entity"] as? String
          #expect(entity == outcome && told["entity"] as? String == outcome, "\(user) \(sender): \(route)")
        }
      }
      let shown = try await relay.json("app", "show", "plain", as: [String: Any].self)
      #expect((shown["activity"] as? [String: Any])?["refused"] as? Int == 2, "\(shown)")
      let named = try await relay.json(
        "route", "--from", "a@acme.example", "--app", "shop+brandb", as: [String: Any].self)
      #expect(named["entity"] as? String == "brandb" && named["app"] as? String == "shop", "\(named)")
      let refused = try await relay.client("daemon").send(from: "a@acme.example", to: "c@elsewhere.test")
      #expect(refused.hasPrefix("550 5.7.1 App plain may not write to <c@elsewhere.test>: add it to recipients"))
    }

    @Test func `is that of the field, which goes no further, and the body stays as it is`() async throws {
      let rig = try await Rig.running
      let (acme, brandb, domain) = (freshAddress("acme"), freshAddress("brandb"), freshDomain())
      let relay = try Relay(entities: Self.configuration)
      for (entity, address) in [("acme", acme), ("brandb", brandb)] {
        try await rig.setPassword(of: address, to: "geheim-1")
        try await relay.connect(entity, to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      }
      let password = try await relay.letterhead("app", "password", "shop").wentWell().output.prefix { $0 != "\n" }
      try await relay.start()
      let body = ["Two blanks behind  ", "\ta tab\t", "..a dot", "8 bits: \u{E9}\u{A0}", "", ""]
      let client = relay.client("www-data")
      #expect(
        try await client.send(
          from: "erp@acme.example", to: "header@\(domain)", header: ["x-letterhead-ENTITY:   brandb", "Subject: x"],
          body: body
        ).hasPrefix("250"))
      #expect(
        try await client.send(from: "erp+brandb@acme.example", to: "address@\(domain)").hasPrefix("250"))
      let plain = Data("\0shop+brandb\0\(password)".utf8).base64EncodedString()
      let signedIn = relay.client("games")
      #expect(try await signedIn.send(["AUTH PLAIN \(plain)"], to: "user@\(domain)").hasPrefix("250"))
      let arrived = try await rig.arrivals(3, at: domain)
      #expect(arrived.map(\.returnPath) == Array(repeating: "<\(brandb)>", count: 3))
      let first = try #require(arrived.first { $0.recipient.hasPrefix("header") })
      #expect(!first.message.lowercased().contains("x-letterhead"), "\(first.message)")
      #expect(
        first.body == body.map { $0.hasPrefix("..") ? String($0.dropFirst()) : $0 }.joined(separator: "\n") + "\n")
    }
  }
}
