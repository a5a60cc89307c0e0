// What `connect` is for somebody who may not touch the state: the relay tests the chain and saves the mailbox.

import Delivery
import Foundation
import Mailboxes
import OAuth
import SMTP
import Sockets

/// The one `Connecting` there is in a relay.
struct RelayConnecting: Connecting {
  let store: MailboxStore
  let network: Network
  let sandbox: SandboxHouse
  let loop: EventLoop
  let stateDirectory: String

  struct ChainBroke: Error, CustomStringConvertible {
    let description: String
  }

  func connect(
    _ described: Mailbox, by mandate: Mandate, saying say: (String) async throws -> Void
  ) async throws -> String {
    var mailbox = described
    if mailbox.provider == .sandbox { try sandbox.open() }
    var keeper: UnsavedGrant?
    if case .oauth(let grant) = mailbox.signIn {
      keeper = UnsavedGrant(grant, rotatedTo: "\(stateDirectory)/\(mailbox.entity).refresh-token")
    }
    mailbox.mechanism = try await test(mailbox, keeper, say).mechanism
    if let keeper { mailbox.signIn = .oauth(await keeper.grant) }
    _ = try await store.connect(mailbox, by: mandate)
    return "\(mailbox.entity) is connected: its mail goes out as \(mailbox.address)."
  }

  private func test(
    _ mailbox: Mailbox, _ keeper: UnsavedGrant?, _ say: (String) async throws -> Void
  ) async throws -> ConnectionTest.Finding {
    var tokens: TokenSource?
    if case .oauth(let grant) = mailbox.signIn, let keeper { tokens = TokenSource(grant, keeper: keeper) }
    let (steps, step) = AsyncStream.makeStream(of: ConnectionTest.Step.self)
    let test = ConnectionTest(mailbox, through: network, tokens: tokens)
    async let finding = {
      defer { step.finish() }
      return await test.run(on: loop) { step.yield($0) }
    }()
    var failed: Fault?
    for await step in steps {
      failed = step.fault ?? failed
      try await say("  \(step.fault == nil ? "ok    " : "FAILED")  \(step.step.rawValue) \(step.detail)")
    }
    guard let finding = await finding else { throw ChainBroke(description: Self.sentence(for: failed)) }
    return finding
  }

  private static func sentence(for fault: Fault?) -> String {
    guard let fault else { return "The test did not come to its end." }
    let words = fault.upstream.isEmpty ? "" : "\n  The server said: \(fault.upstream)"
    return "\(fault.summary) \(fault.remedy)\(words)"
  }
}
