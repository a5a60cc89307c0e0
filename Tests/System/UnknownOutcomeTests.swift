// A provider that ends the line after a message's end, in place of its answer: what the program makes of that, by
// `unknown_outcome`.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A line cut after the final dot` {
    private let address = freshAddress()
    private let domain = freshDomain()

    /// A relay that has handed over one message, of which the provider says nothing.
    private func relay(of rig: Rig, _ rule: String, more: String = "", cut: String) async throws -> Relay {
      let relay = try Relay(
        entities: "[entity.acme]\nname = \"Acme S.p.A.\"\ndefault = true\nunknown_outcome = \"\(rule)\"\n\(more)")
      try await relay.connect(to: "SCRIPTED_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try rig.script("\(cut)\nonce", for: address)
      try await relay.start()
      try await relay.send(to: "ada@\(domain)")
      try await eventually("the line is cut") { rig.scriptedLog(of: address).contains { $0.hasPrefix("cut ") } }
      return relay
    }

    /// - Parameter arrivals: how often the message arrives; each time with the same Message-ID.
    private func expectDelivery(by relay: Relay, of rig: Rig, arriving arrivals: Int) async throws {
      try await eventually("delivered", within: .seconds(60)) {
        let entity = try relay.entity()
        return entity.totals.delivered == 1 && entity.queue.queued == 0
      }
      let arrived = try await rig.arrivals(arrivals, at: domain)
      #expect(arrived.count == arrivals && Set(arrived.flatMap { $0.fields("Message-ID") }).count == 1)
      #expect(try relay.status().state == "ok")
    }

    @Test(arguments: [("cut-and-taken", 2), ("cut-and-lost", 1)])
    func `is followed by a second attempt under retry, and nothing is lost`(cut: String, arrivals: Int) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "retry", cut: cut)
      try await eventually("put off") { try relay.entity().queue.deferred == 1 }
      let shown = try await relay.letterhead("queue", "show", "1").wentWell()
      #expect(shown.output.contains("may arrive twice"), "\(shown)")
      try await expectDelivery(by: relay, of: rig, arriving: arrivals)
    }

    @Test func `is followed by a second attempt under check where there is no Sent folder to look into`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "check", cut: "cut-and-lost")
      try await eventually("unknown") { try await relay.letterhead("queue").output.contains(" unknown ") }
      try await expectDelivery(by: relay, of: rig, arriving: 1)
      #expect(relay.log.contains("event=unknown_retried") && relay.log.contains("Sent cannot be looked into"))
    }

    @Test func `is followed under check by a look into a real server's Sent, and by no second attempt`() async throws {
      let rig = try await Rig.running(with: .scripted)
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try await relay(
        of: rig, "check", more: "sent_copy = \"none\"\nimap = \"localhost:\(rig.port("IMAPS"))\"", cut: "cut-and-filed")
      try await eventually("unknown") { try await relay.letterhead("queue").output.contains(" unknown ") }
      try await expectDelivery(by: relay, of: rig, arriving: 1)
      let trace = try await relay.letterhead("trace", "1").wentWell()
      #expect(trace.output.contains("found in Sent"), "\(trace)")
    }

    @Test(arguments: [("cut-and-taken", "delivered"), ("cut-and-lost", "retry")])
    func `waits for a person under hold, over a crash, and arrives once`(cut: String, order: String) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "hold", cut: cut)
      try await eventually("a person is asked") {
        try await relay.letterhead("queue", "--state", "unknown").output
          .contains("letterhead queue resolve --config \(relay.configuration) 1 delivered")
      }
      let retried = try await relay.letterhead("queue", "retry", "1")
      #expect(retried.status == 1 && retried.errors.contains("got no answer"), "\(retried)")
      try await relay.kill()
      try await relay.start()
      try await eventually("status asks a person") {
        let status = try await relay.letterhead("status")
        return status.status == 1 && status.output.contains("for a person to decide: acme (1).")
      }
      let resolved = try await relay.letterhead("queue", "resolve", "1", order).wentWell()
      #expect(resolved.output.hasPrefix("1 message "), "\(resolved)")
      try await expectDelivery(by: relay, of: rig, arriving: 1)
      let again = try await relay.letterhead("queue", "resolve", "1", order)
      #expect(again.status == 1, "\(again)")
      let trace = try await relay.letterhead("trace", "1").wentWell()
      #expect(trace.output.contains("delivered"), "\(trace)")
    }
  }
}
