// What a command needs to walk the chain of a mailbox by itself.

import Foundation
import Letterhead
import Sockets

enum Workbench {
  /// Lends `body` a loop of the command's own and a way out from it.
  static func lend(
    _ configuration: Configuration, _ body: (ChainSurroundings) async throws -> Void
  ) async throws {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    let transports = TransportFactory(configuration, loop: loop)
    try await body(ChainSurroundings(transports, loop: loop, hostname: configuration.hostname))
  }

  /// Prints a step as it happens, into a pipe too.
  static func show(_ line: String) {
    print(line)
    fflush(nil)
  }
}
