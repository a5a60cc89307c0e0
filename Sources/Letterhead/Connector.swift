// From a mailbox as somebody described it to one that is saved: test the whole chain, and only then save, as it was
// found. `letterhead connect` and the admin socket both come through here.

package import Delivery
import Foundation
package import Mailboxes
package import OAuth
package import SMTP
package import Sockets

package struct Connector: Sendable {
  /// The chain broke: the step that failed has said so before.
  package struct Failure: Error {
    package let fault: Fault
    /// Where the refresh token is, if the provider has put a new one in its place meanwhile: the one handed in is
    /// worthless then.
    package var rotatedTo: String?
  }

  private let configuration: Configuration
  private let store: MailboxStore
  private let network: Network
  private let loop: EventLoop

  package init(_ configuration: Configuration, store: MailboxStore, network: Network, loop: EventLoop) {
    self.configuration = configuration
    self.store = store
    self.network = network
    self.loop = loop
  }

  /// Tests `wanted`, and saves it with the server, the mechanism and the refresh token that the test ended with.
  ///
  /// - Parameters:
  ///   - recipient: gets a real message at the end of the test, if given.
  ///   - report: told of each step; on the loop.
  /// - Throws: ``Failure`` when the chain broke; `StoreError` while another address is connected, or for the disk.
  package func connect(
    _ wanted: Mailbox, sendingTo recipient: Address?, report: (ConnectionTest.Step) -> Void
  ) async throws -> Mailbox {
    try await store.checkMayConnect(wanted.address, to: wanted.entity)
    var mailbox = wanted
    guard case .oauth(let grant) = wanted.signIn else {
      try await test(&mailbox, tokens: nil, recipient, report)
      return try await store.connect(mailbox)
    }
    let rotated = "\(configuration.stateDirectory)/\(wanted.entity).refresh-token"
    let keeper = UnsavedGrant(grant, rotatedTo: rotated)
    do {
      try await test(&mailbox, tokens: TokenSource(grant, keeper: keeper), recipient, report)
    } catch {
      var failure = error
      if await keeper.grant != grant { failure.rotatedTo = rotated }
      throw failure
    }
    mailbox.signIn = .oauth(await keeper.grant)
    let saved = try await store.connect(mailbox)
    unlink(rotated)
    return saved
  }

  private func test(
    _ mailbox: inout Mailbox, tokens: TokenSource?, _ recipient: Address?, _ report: (ConnectionTest.Step) -> Void
  ) async throws(Failure) {
    let finding = try await Self.test(
      mailbox, through: network, on: loop, tokens: tokens, sendingTo: recipient, report: report)
    mailbox.mechanism = finding.mechanism
    mailbox.server = finding.server
  }

  /// Walks the chain of `mailbox`, saved or not, and changes nothing.
  package static func test(
    _ mailbox: Mailbox, through network: Network, on loop: EventLoop, tokens: TokenSource?,
    sendingTo recipient: Address?, report: (ConnectionTest.Step) -> Void
  ) async throws(Failure) -> ConnectionTest.Finding {
    var failed: Fault?
    let finding = await ConnectionTest(mailbox, through: network, tokens: tokens)
      .run(on: loop, sendingTo: recipient, orAt: mailbox.otherServers) { step in
        failed = step.fault ?? failed
        report(step)
      }
    if let finding { return finding }
    throw Failure(fault: failed ?? .unfinished)
  }
}

extension Mailbox {
  /// Where else its provider takes mail: by the table, or for a server that was named by its usual other port.
  fileprivate var otherServers: [Server] {
    let listed = provider.servers.map { Server(host: server.host, port: $0.port, security: $0.security) }
    let usual = [465, 587].map { Server(host: server.host, port: $0, security: .usual(for: $0)) }
    let isUsual = usual.contains { $0.port == server.port }
    return (listed + (listed.isEmpty && isUsual ? usual : [])).filter { $0.port != server.port }
  }
}

extension Fault {
  fileprivate static var unfinished: Fault {
    Fault(
      class: .transient, since: Date(), summary: "The test did not come to its end.", remedy: "Run it again.",
      upstream: "")
  }
}
