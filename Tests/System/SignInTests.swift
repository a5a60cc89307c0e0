// Each way to sign in, over both TLS modes, at a server that offers nothing else.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Signing in at a real provider` {
    private static let modes = ["TLS", "STARTTLS"]

    private func deliver(through relay: Relay, of rig: Rig, as address: String) async throws {
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      let arrived = try await rig.arrivals(1, at: domain)
      #expect(arrived.map(\.returnPath) == ["<\(address)>"])
      #expect(try relay.entity().state == "connected")
    }

    @Test(arguments: ["PLAIN", "LOGIN", "SCRAM_SHA_256"], modes)
    func `with a password`(mechanism: String, mode: String) async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      // Characters that a careless quoting anywhere would break.
      let password = "p \"ä%\\,=" + mechanism
      try await rig.setPassword(of: address, to: password)
      let relay = try Relay()
      try await relay.connect(to: "ONLY_\(mechanism)_\(mode)", of: rig, as: address, password: password).wentWell()
      try await deliver(through: relay, of: rig, as: address)
    }

    @Test(arguments: ["xoauth2", "oauthbearer"], modes)
    func `with a refresh token`(mechanism: String, mode: String) async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let token = try await rig.grant(address)
      let relay = try Relay()
      let listener = "ONLY_\(mechanism.uppercased())_\(mode)"
      try await relay.connect(to: listener, of: rig, as: address, mechanism: mechanism, token: token).wentWell()
      try await deliver(through: relay, of: rig, as: address)
    }

    @Test(arguments: modes)
    func `at Dovecot's own submission service`(mode: String) async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay()
      try await relay.connect(to: "DOVECOT_\(mode)", of: rig, as: address, password: "geheim-1").wentWell()
      try await deliver(through: relay, of: rig, as: address)
    }

    @Test func `not at all, at a smart host that knows this machine`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try Relay()
      try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port("SMART_HOST"))", "--security", "none", "--no-auth",
        "--address", address
      ).wentWell()
      try await deliver(through: relay, of: rig, as: address)
    }

    @Test(arguments: modes)
    func `and sending where the server offers no extension at all`(mode: String) async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay()
      try await relay.connect(to: "BARE_\(mode)", of: rig, as: address, password: "geheim-1").wentWell()
      try await deliver(through: relay, of: rig, as: address)
    }
  }
}
