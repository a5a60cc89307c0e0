// Runs the chain of a mailbox and prints each step as it happens; shared by `connect` and `test`.

import Delivery
import Foundation
import Letterhead
import Logging
import Mailboxes
import OAuth
import SMTP
import Sockets

/// What it takes to test a mailbox from the command line.
struct Chain {
  private let configuration: Configuration
  private let mailbox: Mailbox
  private let tokens: TokenSource?

  init(_ mailbox: Mailbox, in configuration: Configuration, tokens: TokenSource?) {
    self.configuration = configuration
    self.mailbox = mailbox
    self.tokens = tokens
  }

  /// Walks the chain, printing as it goes.
  /// - Throws: `CommandFailure` with the sentence, the remedy and the server's words when a step fails.
  func test(sendingTo recipient: Address? = nil) async throws -> ConnectionTest.Finding {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    let sandbox = SandboxHouse(
      directory: configuration.stateDirectory + "/sandbox", hostname: configuration.hostname, loop: loop,
      log: Logger.commands)
    if mailbox.provider == .sandbox { try sandbox.open() }
    let network = Network(
      hostname: configuration.hostname, resolver: Resolver(), dialer: Dialer(), sandboxEndpoint: { sandbox.endpoint })
    var failed: Fault?
    let finding = await ConnectionTest(mailbox, through: network, tokens: tokens)
      .run(on: loop, sendingTo: recipient) { step in
        failed = step.fault ?? failed
        print(Self.line(of: step))
        fflush(nil)  // as it happens, into a pipe too
      }
    await sandbox.close()
    guard let finding else { throw CommandFailure(Self.sentence(for: failed)) }
    return finding
  }

  private static func line(of step: ConnectionTest.Step) -> String {
    let name = step.step.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
    return step.fault == nil ? "  ok      \(name) \(step.detail)" : "  FAILED  \(name)"
  }

  private static func sentence(for fault: Fault?) -> String {
    guard let fault else { return "The test did not come to its end." }
    let words = fault.upstream.isEmpty ? "" : "\n  The server said: \(fault.upstream)"
    return "\(fault.summary) \(fault.remedy)\(words)"
  }
}
