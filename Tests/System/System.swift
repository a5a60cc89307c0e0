// All system tests run one after the other: they share the rig, and some of them measure seconds and wake-ups.

import Foundation
import Support
import Testing

@Suite(.serialized) enum System {}

/// A domain nobody else's mail arrives at.
func freshDomain() -> String { "d\(UInt64.random(in: 0...UInt64.max)).there.test" }

/// A mailbox nobody else uses.
func freshAddress(_ name: String = "office") -> String { "\(name)\(UInt32.random(in: 0...UInt32.max))@corp.test" }

/// A relay whose entity `acme` is connected to the rig, running.
func connectedRelay(
  to listener: String = "SMTP_TLS", of rig: Rig, as address: String, password: String = "geheim-1"
) async throws -> Relay {
  try await rig.setPassword(of: address, to: password)
  let relay = try Relay()
  try await relay.connect(to: listener, of: rig, as: address, password: password).wentWell()
  try await relay.start()
  return relay
}
