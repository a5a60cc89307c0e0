// A provider that allows so many connections and messages a minute, in real minutes.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A provider with limits` {
    @Test func `of 3 connections and 30 messages a minute gets forty in a good minute, and refuses none`() async throws
    {
      let rig = try await Rig.running(with: .scripted)
      let address = freshAddress()
      try rig.script("pace 3 30 60", for: address)
      let relay = try Relay(
        entities: rig.corp(at: "SCRIPTED_TLS", more: "max_connections = 3\nmessages_per_minute = 28"))
      try await relay.letterhead(
        "connect", "acme", "--provider", "corp", "--address", address, "--password-file", "-", "--ca-file",
        rig.certificateAuthority, input: "geheim-1\n"
      ).wentWell()
      try await relay.start()
      let domain = freshDomain()
      for number in 0..<40 { try await relay.send(to: "n\(number)@\(domain)") }
      let start = ContinuousClock.now
      #expect(try await rig.arrivals(40, at: domain, within: .seconds(100)).count == 40)
      #expect(ContinuousClock.now - start > .seconds(50), "the scripted provider did not keep its limits")
      #expect(rig.scriptedLog(of: address).allSatisfy { $0.hasPrefix("taken ") })
      #expect(try relay.status().state == "ok")
    }
  }
}
