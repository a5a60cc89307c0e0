// The one place that decides how a command reaches the relay's state: by asking the relay that runs, or, where none does,
// by opening the state and answering itself. While a relay runs, no command opens a database, but for `backup`, which reads.

import Access
import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes
import Spool
import StorageSQLite

/// Belongs to one command.
final class ControlClient {
  private let configuration: Configuration
  /// `nil`: no relay runs, and this user may work on the state itself.
  private var relay: RelaySocket?
  private var storage: OwnStorage?

  /// Lends `body` a way to ask, and closes what it opened.
  static func use<Result>(
    _ configuration: Configuration, _ body: (ControlClient) async throws -> Result
  ) async throws -> Result {
    let client = try await ControlClient(configuration)
    do {
      let result = try await body(client)
      await client.close()
      return result
    } catch {
      await client.close()
      throw Sentence.of(error)
    }
  }

  private func close() async {
    relay?.close()
    await storage?.close()
  }

  private init(_ configuration: Configuration) async throws {
    self.configuration = configuration
    let mayOpen = Privileges.mayOpen(configuration.stateDirectory)
    relay = mayOpen ? try await .ofOwner(configuration) : RelaySocket(of: configuration, ownedBy: nil)
  }

  /// Where no relay answers, this process does, and becomes the owner of the state directory with the first call: read the
  /// administrator's files before.
  ///
  /// - Parameter each: told of every line of the answer but the last, as it comes.
  /// - Returns: the last line: `.permitted`, `.changed` or `.done`.
  /// - Throws: `CommandFailure` with the sentence when it was refused, `RequestFiled` when a request was filed instead.
  @discardableResult
  func ask(_ call: ControlCall, each: (ControlReply) throws -> Void = { _ in }) async throws -> ControlReply {
    let ending = try await carryOut(call, each)
    switch ending {
    case .refused(let sentence): throw CommandFailure(sentence)
    case .filed(let request): throw RequestFiled(request)
    default: return ending
    }
  }

  private func carryOut(_ call: ControlCall, _ each: (ControlReply) throws -> Void) async throws -> ControlReply {
    if relay == nil, storage == nil { storage = try await openStorage(for: call.permission) }
    if let storage { return try await answer(call, by: storage, each) }
    guard let relay else { throw CommandFailure("\(ControlRefusal.notRunning)") }
    return try await relay.ask(call, each: each)
  }

  /// - Returns: `nil` when a relay was quicker, which is then to be asked.
  private func openStorage(for permission: Permission) async throws -> OwnStorage? {
    guard configuration.isWhole else {
      throw CommandFailure("No relay runs any more, and \(configuration.file) has mistakes. Run: letterhead check")
    }
    while true {
      do {
        return try OwnStorage(configuration, for: permission)
      } catch SpoolError.alreadyRunning {
        relay = try await .ofOwner(configuration)
        if relay != nil { return nil }
      }
    }
  }

  private func answer(
    _ call: ControlCall, by storage: OwnStorage, _ each: (ControlReply) throws -> Void
  ) async throws -> ControlReply {
    var ending: ControlReply?
    try await storage.service.answer(call, from: Caller(.ofThisProcess, .administrator)) { reply in
      if reply.isLast { ending = reply } else { try each(reply) }
    }
    guard let ending else { throw CommandFailure("\(ControlRefusal.notACall)") }
    return ending
  }
}

/// A change was not made: an administrator has to approve it first. No error; it has an exit code of its own.
struct RequestFiled: Error, CustomStringConvertible {
  static let exitCode: Int32 = 75
  let description: String

  init(_ request: Request) {
    description =
      "This waits for an administrator: request \(request.number), to \(request.change.sentence). Nothing was changed. "
      + "When it is approved (letterhead approve \(request.number)), run the same command again."
  }
}

extension ControlReply {
  /// Prints what a command says when it is done.
  func printSentence() {
    if case .done(let sentence) = self, !sentence.isEmpty { print(PastedCommand.naming(sentence)) }
  }

  /// Prints a step as it happens, into a pipe too.
  func printStep() {
    guard case .step(let step) = self else { return }
    let name = step.name.padding(toLength: 12, withPad: " ", startingAt: 0)
    switch step.ending {
    case .passed: print("  ok      \(name) \(step.detail)")
    case .noted: print("  note    \(name) \(step.detail)")
    case .failed: print("  FAILED  \(name)")
    }
    fflush(nil)
  }
}
