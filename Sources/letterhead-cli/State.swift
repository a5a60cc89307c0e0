// The relay's state as a command sees it: the spool and the connected mailboxes, beside a running relay or without one.

import Foundation
import Letterhead
import Logging
import Mailboxes
import Spool
import StorageSQLite

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
      mailboxes = try SQLiteStorage.openMailboxes(of: configuration)
    } catch {
      throw Sentence.of(error)
    }
  }

  /// Ends the pause of the mailboxes behind `selection`, for a person who asked for a retry.
  func liftPauses(for selection: Selection) async throws {
    let directory = try await mailboxes.load()
    for entity in try await entities(of: selection, in: directory) {
      guard case .paused = directory.condition(of: entity), let mailbox = directory.mailbox(of: entity) else {
        continue
      }
      try await mailboxes.setCondition(.working, of: entity, generation: mailbox.generation)
    }
  }

  private func entities(of selection: Selection, in directory: Directory) async throws -> Set<String> {
    switch selection {
    case .all(let entity): return entity.map { [$0] } ?? Set(directory.entities.map(\.key))
    case .ids(let ids):
      var entities: Set<String> = []
      for id in ids {
        if let detail = try await spool.show(id) { entities.insert(detail.message.entity) }
      }
      return entities
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
