// Who mail goes out as: the mailbox connected when it leaves, and never another entity's.

import Foundation
import Sockets
import Support
import Testing

extension System {
  @Suite struct `Entities and their mailboxes` {
    @Test func `mail queued while A was connected goes out as B`() async throws {
      let rig = try await Rig.running
      let (first, second) = (freshAddress("first"), freshAddress("second"))
      let relay = try await connectedRelay(of: rig, as: first)
      try await rig.setPassword(of: second, to: "geheim-2")
      let domain = freshDomain()
      // Deferred while A is connected: queued mail that A has already tried.
      try await relay.send(to: "defer450@\(domain)")
      try await eventually("a deferred message") { try relay.entity().queue.deferred == 1 }
      try await relay.letterhead("disconnect", "acme").wentWell()
      try await eventually("the relay notices") { try relay.entity().state == "disconnected" }
      for number in 0..<5 { try await relay.send(to: "n\(number)@\(domain)") }
      try await eventually("all of it held") { try relay.entity().queue.held == 6 }
      #expect(try await relay.letterhead("status").status == 1)

      try await relay.connect(to: "SMTP_TLS", of: rig, as: second, password: "geheim-2").wentWell()
      let arrived = try await rig.arrivals(5, at: domain)
      #expect(arrived.count == 5)
      #expect(arrived.allSatisfy { $0.returnPath == "<\(second)>" && $0.fields("From") == ["ERP <\(second)>"] })
      #expect(arrived.allSatisfy { $0.fields("X-Original-From").joined().contains("erp@localhost") })
    }

    @Test func `two entities with mailboxes on one host never share a session`() async throws {
      let rig = try await Rig.running
      let mailboxes = ["acme": freshAddress("acme"), "globex": freshAddress("globex")]
      let relay = try Relay(
        entities: """
          [entity.acme]
          name = "Acme"
          senders = ["*@acme.test"]
          [entity.globex]
          name = "Globex"
          senders = ["*@globex.test"]
          """)
      // Here the server itself refuses an envelope sender that is not the one signed in.
      for (entity, address) in mailboxes {
        try await rig.setPassword(of: address, to: "geheim-1")
        try await relay.connect(entity, to: "SENDER_CHECKED_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      }
      try await relay.start()
      let domain = freshDomain()
      for number in 0..<20 {
        let entity = number.isMultiple(of: 2) ? "acme" : "globex"
        try await relay.send(from: "app@\(entity).test", to: "\(entity)\(number)@\(domain)")
      }
      for arrival in try await rig.arrivals(20, at: domain) {
        let entity = arrival.recipient.hasPrefix("acme") ? "acme" : "globex"
        #expect(arrival.returnPath == "<\(mailboxes[entity] ?? "")>")
      }
      // And its log names, for each message, who was signed in on the session that brought it.
      let log = try String(contentsOfFile: rig["POSTFIX_LOG"], encoding: .utf8)
      for (entity, address) in mailboxes {
        #expect(log.contains("sasl_username=\(address)"))
        try await eventually("10 delivered for \(entity)") { try relay.entity(entity).totals.delivered == 10 }
      }
    }

    @Test func `a listener's entity comes before any sender, and mail that fits nobody is refused`() async throws {
      let other = Ports.unused()
      let relay = try Relay(
        entities: """
          [[listener]]
          address = "127.0.0.1:\(other)"
          entity = "globex"
          [entity.acme]
          senders = ["*@acme.test"]
          [entity.globex]
          """)
      try await relay.start()
      try await relay.send(from: "app@acme.test", to: "a@there.test")
      try await ScriptedClient.play(
        """
        S: 220 *
        C: HELO app
        S: 250 *
        C: MAIL FROM:<app@acme.test>
        S: 250 *
        C: RCPT TO:<a@there.test>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 250 *
        """, to: Endpoint(host: "127.0.0.1", port: other))
      try await eventually("one each") {
        try relay.entity("acme").queue.held == 1 && relay.entity("globex").queue.held == 1
      }
      await #expect(throws: Divergence.self) { try await relay.send(from: "app@nobody.test", to: "a@there.test") }
    }
  }
}
