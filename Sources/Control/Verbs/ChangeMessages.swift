// Retry, hold, release, delete: what people do with the queue.

import Access
import Foundation
import Mailboxes
import Spool

package struct ChangeMessages: ControlVerb {
  package enum Order: String, Sendable, Codable {
    /// Due now; ends the pause of their mailboxes as well.
    case retry
    case hold, release, delete
  }

  /// Which messages are meant.
  package enum Which: Sendable, Codable {
    case numbered([Int64])
    /// All, or all of one entity.
    case all(entity: String?)
  }

  package let order: Order
  package let which: Which

  package init(_ order: Order, _ which: Which) {
    self.order = order
    self.which = which
  }

  var permission: Permission { .changeQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if case .all(let entity?) = which { try context.settings.requireEntity(entity) }
    let spool = try context.spool
    let selection = which.selection
    let now = Date()
    let count =
      switch order {
      case .retry: try await retry(selection, in: context, now)
      case .hold: try await spool.hold(selection, now: now)
      case .release: try await spool.release(selection, now: now)
      case .delete: try await spool.delete(selection, now: now)
      }
    context.note("messages were changed", ["order": "\(order)", "messages": "\(count)"])
    return .changed(count)
  }

  private func retry(_ selection: Selection, in context: ControlContext, _ now: Date) async throws -> Int {
    let spool = try context.spool
    let directory = try await context.mailboxes.load()
    for entity in try await entities(of: selection, in: directory, spool) {
      guard case .paused = directory.condition(of: entity), let mailbox = directory.mailbox(of: entity) else {
        continue
      }
      try await context.mailboxes.setCondition(.working, of: entity, generation: mailbox.generation)
    }
    return try await spool.retry(selection, now: now)
  }

  private func entities(
    of selection: Selection, in directory: Directory, _ spool: Spool
  ) async throws -> Set<String> {
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

extension ChangeMessages.Which {
  fileprivate var selection: Selection {
    switch self {
    case .numbered(let ids): .ids(ids.map { MessageID(rawValue: $0) })
    case .all(let entity): .all(entity: entity)
    }
  }
}
