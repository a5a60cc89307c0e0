// Refresh tokens that rotate, are revoked, or cannot be used for a while. The token server is glewlwyd.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A mailbox connected by OAuth` {
    private func relay(of rig: Rig) async throws -> (Relay, token: String) {
      let address = freshAddress()
      let token = try await rig.grant(address)
      let relay = try Relay()
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, mechanism: "xoauth2", token: token).wentWell()
      try await relay.start()
      return (relay, token)
    }

    @Test func `keeps each rotated refresh token over restarts and kills`() async throws {
      let rig = try await Rig.running
      let (relay, _) = try await relay(of: rig)
      let domain = freshDomain()
      for round in 1...4 {
        try await relay.send(to: "n\(round)@\(domain)")
        #expect(try await rig.arrivals(round, at: domain).count == round)
        try await round.isMultiple(of: 2) ? relay.kill() : { _ = try await relay.end() }()
        try await relay.start()
      }
      #expect(try relay.status().state == "ok")
    }

    @Test func `keeps its sign-in when the relay is killed at any moment of a refresh`() async throws {
      let rig = try await Rig.running
      let (relay, _) = try await relay(of: rig)
      let domain = freshDomain()
      // A relay that was just started has no access token: the first message makes it refresh.
      for round in 1...10 {
        try await relay.send(to: "n\(round)@\(domain)")
        try await Task.sleep(for: .milliseconds(30 * round))
        try await relay.kill()
        try await relay.start()
      }
      try await relay.letterhead("queue", "retry", "--all").wentWell()
      try await eventually("all have arrived") { try await rig.arrived(at: domain).count >= 10 }
      #expect(try relay.status().state == "ok")
      #expect(!relay.log.contains("cannot be started"))
      try await relay.letterhead("test", "acme").wentWell()
    }

    @Test func `raises the flag when the grant was revoked, and holds the mail`() async throws {
      let rig = try await Rig.running
      let (relay, token) = try await relay(of: rig)
      try await relay.end()
      try await rig.replay(token)
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      try await eventually("the flag is up") { try relay.status().errorFlag }
      #expect(try relay.entity().error?.class == "auth")
      try await eventually("held") { try relay.entity().queue.held == 1 }

      let address = try #require(try relay.entity().address)
      let fresh = try await rig.grant(address)
      // The app's own secret is saved, and is not asked for.
      try await relay.letterhead("reconnect", "acme", "--refresh-token-file", "-", input: fresh + "\n").wentWell()
      #expect(try await rig.arrivals(1, at: domain).count == 1)
      try await eventually("the flag is down") { try !relay.status().errorFlag }
    }

    @Test func `raises no flag while the token server is away, and sends when it is back`() async throws {
      let rig = try await Rig.running
      let (relay, _) = try await relay(of: rig)
      try await relay.end()
      try await rig.stopTokenServer()
      do {
        // With the token server away the relay starts, accepts and queues.
        try await relay.start()
        let domain = freshDomain()
        try await relay.send(to: "ada@\(domain)")
        try await Task.sleep(for: .seconds(3))
        #expect(try !relay.status().errorFlag)
        #expect(try relay.entity().queue.queued == 1)
        try await rig.startTokenServer()
        try await eventually("it arrives", within: .seconds(90), every: .seconds(2)) {
          try await relay.letterhead("queue", "retry", "--all").wentWell()
          return try await rig.arrived(at: domain).count == 1
        }
        #expect(try !relay.status().errorFlag)
      } catch {
        // The next test needs it.
        try? await rig.startTokenServer()
        throw error
      }
    }
  }
}
