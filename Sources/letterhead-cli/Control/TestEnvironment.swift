// What a command needs to test a mailbox by itself: an event loop and the transports on it.

import Foundation
import HTTP
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
    let http = HTTPClient(proxy: configuration.network.proxy)
    defer { http.close() }
    let transports = TransportFactory(configuration, over: http, loop: loop)
    let connector = MailboxConnector(
      store: store, in: ConnectionTestEnvironment(transports, loop: loop, hostname: configuration.hostname), over: http,
      // A person's Ctrl-C in the middle of a refresh must not cost the sign-in.
      refreshHelper: RefreshHelper(proxy: configuration.network.proxy, log: .commands))
    return try await body(connector)
  }
}
