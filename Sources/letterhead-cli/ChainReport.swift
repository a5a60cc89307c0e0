// The steps of a chain as they are printed, and what a command needs to walk one; shared by `connect` and `test`.

import Delivery
import Foundation
import Letterhead
import Logging
import Mailboxes
import Sockets

enum ChainReport {
  /// As it happens, into a pipe too.
  static func print(_ step: ConnectionTest.Step) {
    Swift.print(line(of: step))
    fflush(nil)
  }

  static func line(of step: ConnectionTest.Step) -> String {
    let name = step.step.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
    return switch step.result {
    case .passed(let detail): "  ok      \(name) \(detail)"
    case .noted(let detail): "  note    \(name) \(detail)"
    case .failed: "  FAILED  \(name)"
    }
  }

  /// The sentence, the remedy and the server's words.
  static func sentence(for failure: Connector.Failure) -> CommandFailure {
    let fault = failure.fault
    let words = fault.upstream.isEmpty ? "" : "\n  The server said: \(fault.upstream)"
    let rotated = failure.rotatedTo.map {
      "\nThe provider has replaced the refresh token meanwhile. Next time: --refresh-token-file \($0)"
    }
    return CommandFailure("\(fault.summary) \(fault.remedy)\(words)\(rotated ?? "")")
  }
}

extension Configuration {
  /// Lends a command the network and a running loop, and the sandbox where `mailbox` is one.
  func withNetwork<Result>(
    for mailbox: Mailbox, _ body: (Network, EventLoop) async throws -> Result
  ) async throws -> Result {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    let sandbox = SandboxHouse(
      directory: stateDirectory + "/sandbox", hostname: hostname, loop: loop, log: Logger.commands)
    if mailbox.provider == .sandbox { try sandbox.open() }
    let network = Network(
      hostname: hostname, resolver: Resolver(), dialer: Dialer(), sandboxEndpoint: { sandbox.endpoint })
    do {
      let result = try await body(network, loop)
      await sandbox.close()
      return result
    } catch let failure as Connector.Failure {
      await sandbox.close()
      throw ChainReport.sentence(for: failure)
    } catch {
      await sandbox.close()
      throw error
    }
  }
}
