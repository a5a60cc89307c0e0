// The relay's state as a command sees it: the spool and the connected mailboxes, beside a running relay or without one.

import Foundation
import Letterhead
import Logging
import Mailboxes
import Spool

struct State {
  let spool: Spool
  let mailboxes: MailboxStore

  /// Opens the state of `configuration`, lets `body` work on it, and closes it.
  static func open<Result>(
    _ configuration: Configuration, _ body: (State) async throws -> Result
  ) async throws -> Result {
    let state = try State(configuration)
    do {
      let result = try await body(state)
      await state.spool.close()
      return result
    } catch {
      await state.spool.close()
      throw Sentence.of(error)
    }
  }

  private init(_ configuration: Configuration) throws {
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    do {
      spool = try Spool.visit(directory: configuration.stateDirectory, log: Logger.commands)
      mailboxes = try MailboxStore(directory: configuration.stateDirectory, entities: configuration.entities)
    } catch {
      throw Sentence.of(error)
    }
  }

  /// Ends the pause of every entity, or of `entity`, for a person who asked for a retry.
  func liftPauses(of entity: String?) async throws {
    let directory = try await mailboxes.load()
    for mailbox in directory.mailboxes.values where entity == nil || mailbox.entity == entity {
      guard case .paused = directory.condition(of: mailbox.entity) else { continue }
      try await mailboxes.setCondition(.working, of: mailbox.entity, generation: mailbox.generation)
    }
  }
}

extension Logger {
  /// Commands speak on standard output; of the rooms they use only warnings are worth a line.
  static var commands: Logger {
    var log = Logger(label: "letterhead") { StreamLogHandler.standardError(label: $0) }
    log.logLevel = .warning
    return log
  }
}
