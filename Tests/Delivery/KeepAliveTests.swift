// A sign-in that lapsed is told before there is mail for it.

import Foundation
import Mailboxes
import Support
import Testing

@testable import Delivery

@Suite struct `A lane without mail` {
  private func relay(connectedAt: Date) async throws -> Relaying {
    var pace = Relaying.pace
    pace.keepAlive = .milliseconds(100)
    let relay = try Relaying(pace: pace)
    var mailbox = Mailbox.byToken
    mailbox.connectedAt = connectedAt
    _ = try await relay.store.connect(mailbox)
    return relay
  }

  // The token URL of these mailboxes is one that no sign-in can be used at.
  @Test func `uses a sign-in of seven days, and raises the flag when it is of no use any more`() async throws {
    let relay = try await relay(connectedAt: Date() - 7 * 86_400)
    try await eventually("the flag is up") {
      if case .broken = try await relay.condition() { true } else { false }
    }
  }

  @Test func `leaves a younger one alone, and ends when it is told to`() async throws {
    let relay = try await relay(connectedAt: Date() - 5 * 86_400)
    try await Task.sleep(for: .milliseconds(400))
    #expect(try await relay.condition() == .working)
    let start = ContinuousClock.now
    await relay.stop()
    #expect(ContinuousClock.now - start < .seconds(1))
  }
}
