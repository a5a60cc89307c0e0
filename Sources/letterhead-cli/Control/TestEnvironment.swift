// What a command needs to test a mailbox by itself: an event loop, a way out, and the sandbox.

import Delivery
import Foundation
import Letterhead
import Logging
import Mailboxes
import OAuth
import Sockets

enum TestEnvironment {
  /// Lends `body` a connector that works from a loop of the command's own.
  static func lend<Result>(
    _ configuration: Configuration, _ store: MailboxStore, _ body: (MailboxConnector) async throws -> Result
  ) async throws -> Result {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    let sandbox = SandboxHouse(
      directory: configuration.stateDirectory + "/sandbox", hostname: configuration.hostname, loop: loop,
      log: Logger.commands)
    let network = Network(
      hostname: configuration.hostname, resolver: Resolver(), dialer: Dialer(),
      sandboxEndpoint: { sandbox.endpoint })
    let connector = MailboxConnector(
      store: store, in: ChainSurroundings(network: network, loop: loop, sandbox: sandbox),
      // A person's Ctrl-C in the middle of a refresh must not cost the sign-in.
      refreshHelper: RefreshHelper(log: .commands))
    let result = try await body(connector)
    await sandbox.close()
    return result
  }
}
