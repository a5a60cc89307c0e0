// Refresh tokens that work once: killed at any step between asking and sending, and asked for by many at a time.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A refresh token that works once` {
    private func relay(of rig: Rig, at listener: String) async throws -> Relay {
      let address = freshAddress()
      let token = try await rig.consent(of: address)
      let relay = try Relay()
      try await relay.letterhead(
        "connect", "acme", "--smtp", "localhost:\(rig.port(listener))", "--security", "tls", "--address", address,
        "--auth", "xoauth2", "--token-url", rig["TOOLKIT_TOKEN_URL"], "--client-id", "letterhead", "--scope",
        "openid mail", "--ca-file", rig.certificateAuthority, "--refresh-token-file", "-", input: token + "\n"
      ).wentWell()
      return relay
    }

    /// Where in a refresh the relay dies; a number is milliseconds after the answer was made.
    private enum Moment { case held(String), soon(Int), delivered }

    private static let moments: [Moment] = [
      .held("asked token"), .held("answered token"), .held("answered introspect"), .soon(0), .soon(5), .soon(20),
      .delivered,
    ]

    @Test func `is never lost over ten refreshes with a kill between any two steps`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let relay = try await relay(of: rig, at: "TOOLKIT_TLS")
      defer { rig.goOn() }
      let domain = freshDomain()
      let before = rig.steps.count
      for (number, moment) in (Self.moments + Self.moments).enumerated() {
        try await rig.expireTokens()
        let begun = rig.steps.count
        func reached(_ step: String) async throws {
          try await eventually("round \(number): \(step)", every: .milliseconds(2)) {
            rig.steps.dropFirst(begun).contains { $0.hasPrefix(step) }
          }
        }
        if case .held(let step) = moment { try rig.hold(at: step) }
        try await relay.start()
        try await relay.send(to: "n\(number)@\(domain)")
        switch moment {
        case .held(let step): try await reached(step)
        case .soon(let milliseconds):
          try await reached("answered token")
          try await Task.sleep(for: .milliseconds(milliseconds))
        case .delivered: try await reached("answered introspect")
        }
        if case .delivered = moment {
          try await eventually("round \(number): it arrives") {
            try await rig.arrived(at: domain).contains { $0.recipient == "n\(number)@\(domain)" }
          }
        }
        try await relay.kill()
        rig.goOn()
      }
      try await relay.start()
      try await relay.letterhead("queue", "retry", "--all").wentWell()
      let all = Set((0..<2 * Self.moments.count).map { "n\($0)@\(domain)" })
      try await eventually("all of it arrives") {
        Set(try await rig.arrived(at: domain).map(\.recipient)) == all
      }
      #expect(try relay.status().state == "ok")
      let refreshes = rig.steps.dropFirst(before).count { $0 == "answered token refresh_token 200" }
      #expect(refreshes >= 10, "only \(refreshes) refreshes")
      #expect(!rig.steps.dropFirst(before).contains { $0 == "answered token refresh_token 400" })
    }

    @Test func `is used once by fifty messages that find the access token expired`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      // Two seconds' idle and the server hangs up, so that every message must sign in again.
      let relay = try await relay(of: rig, at: "TOOLKIT_IDLE_2S_TLS")
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "before@\(domain)")
      _ = try await rig.arrivals(1, at: domain)
      try await Task.sleep(for: .seconds(3))
      try await rig.expireTokens()
      let before = rig.steps.count
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 { group.addTask { try await relay.send(to: "n\(number)@\(domain)") } }
        try await group.waitForAll()
      }
      #expect(try await rig.arrivals(51, at: domain).count == 51)
      let refreshes = rig.steps.dropFirst(before).filter { $0.hasPrefix("answered token") }
      #expect(refreshes == ["answered token refresh_token 200"])
      #expect(try relay.status().state == "ok")
    }
  }
}
