// The error flag: up at the first refusal, nothing lost, down after a reconnect.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A mailbox whose password changed` {
    @Test func `raises the flag, is not signed in to again, and loses nothing`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      // Two seconds' idle and the server hangs up, so that the next message must sign in again.
      let relay = try await connectedRelay(to: "IDLE_2S_TLS", of: rig, as: address)
      let domain = freshDomain()
      try await relay.send(to: "before@\(domain)")
      _ = try await rig.arrivals(1, at: domain)
      try await rig.setPassword(of: address, to: "geheim-22")
      try await Task.sleep(for: .seconds(4))

      try await relay.send(to: "n0@\(domain)")
      try await eventually("a refused sign-in in Dovecot's log") { try refusals(of: address, in: rig) > 0 }
      try await eventually("the flag is up") { try relay.status().errorFlag }
      let fault = try #require(try relay.entity().error)
      #expect(fault.class == "auth")
      #expect(fault.upstream.contains("535"))
      #expect(fault.remedy.hasSuffix("letterhead reconnect acme --config \(relay.configuration)"), "\(fault.remedy)")
      #expect(try await relay.letterhead("status").status == 2)

      for number in 1...9 { try await relay.send(to: "n\(number)@\(domain)") }
      try await relay.letterhead("queue", "retry", "--all").wentWell()
      try await Task.sleep(for: .seconds(3))
      #expect(try refusals(of: address, in: rig) == 1, "a refused password was tried again")
      try await eventually("ten messages held") { try relay.entity().queue.held == 10 }

      let refused = try await relay.letterhead("reconnect", "acme", "--password-file", "-", input: "geheim-no\n")
      #expect(refused.status == 1 && refused.errors.contains("letterhead reconnect acme"), "\(refused)")
      #expect(try relay.status().errorFlag)
      // Everything else is as it is saved.
      try await relay.letterhead("reconnect", "acme", input: "geheim-22\n").wentWell()
      let arrived = try await rig.arrivals(11, at: domain)
      let order = ["before"] + (0...9).map { "n\($0)" }
      #expect(arrived.map { $0.recipient.prefix { $0 != "@" } } == order.map { $0[...] })
      try await eventually("the flag is down") { try !relay.status().errorFlag }
      #expect(try await relay.letterhead("status").status == 0)
    }

    @Test func `keeps the flag and the refusal in mind over a restart`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      try await relay.end()
      try await rig.setPassword(of: address, to: "geheim-22")
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      try await eventually("the flag is up") { try relay.status().errorFlag }
      #expect(try await relay.end() == 0)
      try await relay.start()
      try await relay.send(to: "ada@\(domain)")
      try await Task.sleep(for: .seconds(2))
      #expect(try relay.status().errorFlag)
      #expect(try refusals(of: address, in: rig) == 1)
    }

    /// Failed password checks in Dovecot's log.
    private func refusals(of address: String, in rig: Rig) throws -> Int {
      let log = try String(contentsOfFile: rig["DOVECOT_LOG"], encoding: .utf8)
      return log.split(separator: "\n").count { $0.contains(address) && $0.contains("Password mismatch") }
    }
  }
}
