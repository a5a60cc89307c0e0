// The sandbox mailbox's server: takes mail over real SMTP on loopback and keeps it as files. It listens only while an
// entity is connected to it, or while `letterhead connect` tests it.

import Foundation
package import Logging
package import Sockets
import Submission
import Synchronization

/// Opens the sandbox's listener when it is first needed.
package final class SandboxHouse: Sendable {
  private struct House {
    let server: SubmissionServer<Sandbox>
    let serving: Task<Void, Never>
  }

  private let directory: String
  private let hostname: String
  private let loop: EventLoop
  private let log: Logger
  private let house = Mutex<House?>(nil)

  package init(directory: String, hostname: String, loop: EventLoop, log: Logger) {
    self.directory = directory
    self.hostname = hostname
    self.loop = loop
    self.log = log
  }

  /// Where it takes mail; `nil` while it is closed.
  package var endpoint: Endpoint? { house.withLock { $0?.server.endpoint } }

  /// Opens it on a port the kernel chooses. Does nothing when it is open.
  package func open() throws {
    try house.withLock { house in
      guard house == nil else { return }
      var limits = SubmissionLimits()
      // What was accepted has room here, and so has what rewriting adds to it.
      limits.maxMessageOctets = 1 << 32
      let context = SubmissionContext(hostname: hostname, instance: "sandbox", limits: limits, log: log)
      let server = try SubmissionServer(
        ListenerSettings(address: "127.0.0.1:0"), context: context, intake: try Sandbox(directory: directory))
      house = House(server: server, serving: loop.start { [loop] in await server.run(on: loop) })
    }
  }

  /// Closes it and returns when its last session has ended.
  package func close() async {
    let closing = house.withLock { $0.take() }
    guard let closing else { return }
    await closing.server.stop(on: loop)
    await closing.serving.value
  }
}
