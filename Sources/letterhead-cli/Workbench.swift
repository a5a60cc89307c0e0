// What a command needs to walk the chain of a mailbox by itself.

import Delivery
import Foundation
import Letterhead
import Logging
import Mailboxes
import Sockets

/// A loop of the command's own, and a way out from it. Close it at the end.
struct Workbench {
  let surroundings: ChainSurroundings

  init(_ configuration: Configuration) {
    let loop = EventLoop(name: "test")
    loop.start()
    let sandbox = SandboxHouse(
      directory: configuration.stateDirectory + "/sandbox", hostname: configuration.hostname, loop: loop,
      log: Logger.commands)
    let network = Network(
      hostname: configuration.hostname, resolver: Resolver(), dialer: Dialer(),
      sandboxEndpoint: { sandbox.endpoint })
    surroundings = ChainSurroundings(network: network, loop: loop, sandbox: sandbox)
  }

  func close() async {
    await surroundings.sandbox.close()
    surroundings.loop.stop()
  }

  /// A step as it happens, into a pipe too.
  static func show(_ line: String) {
    print(line)
    fflush(nil)
  }
}
