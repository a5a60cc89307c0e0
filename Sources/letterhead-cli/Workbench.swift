// What a command needs to walk the chain of a mailbox by itself.

import Delivery
import Foundation
import Letterhead
import Logging
import Mailboxes
import Sockets

enum Workbench {
  /// Lends `body` a loop of the command's own and a way out from it.
  static func lend(
    _ configuration: Configuration, _ body: (ChainSurroundings) async throws -> Void
  ) async throws {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    let sandbox = SandboxHouse(
      directory: configuration.stateDirectory + "/sandbox", hostname: configuration.hostname, loop: loop,
      log: Logger.commands)
    let network = Network(
      hostname: configuration.hostname, resolver: Resolver(), dialer: Dialer(),
      sandboxEndpoint: { sandbox.endpoint })
    try await body(ChainSurroundings(network: network, loop: loop, sandbox: sandbox))
    await sandbox.close()
  }

  /// Prints a step as it happens, into a pipe too.
  static func show(_ line: String) {
    print(line)
    fflush(nil)
  }
}
