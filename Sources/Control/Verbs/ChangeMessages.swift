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
    let update: SelectionUpdate
    switch order {
    case .retry: update = try await sendSoon(in: context, say) { try await $0.retry(which.selection, now: $1) }
    case .release: update = try await sendSoon(in: context, say) { try await $0.release(which.selection, now: $1) }
    case .hold: update = try await context.spool.hold(which.selection, now: Date())
    case .delete: update = try await context.spool.delete(which.selection, now: Date())
    }
    for id in update.unfit {
      let message = try await context.spool.show(id)?.message
      let isPending = message.map { SpoolKey.isPending($0.entity) } ?? false
      try await say(.unchanged(order.objection(to: id.rawValue, in: message?.state, isPending: isPending)))
    }
    context.note("messages were changed", ["order": "\(order)", "messages": "\(update.count)"])
    return .changed(update.count)
  }

  /// Has the messages sent as soon as their mailboxes can, and tells which of these cannot now.
  private func sendSoon(
    in context: ControlContext, _ say: ControlService.Say,
    _ change: (Spool, Date) async throws -> SelectionUpdate
  ) async throws -> SelectionUpdate {
    let spool = try context.spool
    let entities = try await entities(of: context.mailboxes.load(), in: spool)
    if order == .retry { try await endPauses(of: entities, in: context.mailboxes) }
    let now = Date()
    let update = try await change(spool, now)
    if order == .retry { for entity in entities { await context.resources.lookAgain(entity) } }
    let directory = try await context.mailboxes.load()
    let waiting = spool.counts.filter { $0.value.queued > $0.value.heldByHand }
    for entity in entities.sorted() where waiting[entity] != nil {
      if let sentence = directory.obstacle(to: entity, at: now) { try await say(.note(sentence)) }
    }
    return update
  }

  private func endPauses(of entities: Set<String>, in mailboxes: MailboxStore) async throws {
    let directory = try await mailboxes.load()
    for entity in entities {
      guard case .paused = directory.condition(of: entity), let mailbox = directory.mailbox(of: entity) else {
        continue
      }
      try await mailboxes.setCondition(.working, of: entity, generation: mailbox.generation)
    }
  }

  private func entities(of directory: Directory, in spool: Spool) async throws -> Set<String> {
    switch which.selection {
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

extension ChangeMessages.Order {
  /// Why a message is left as it is.
  ///
  /// - Parameters:
  ///   - state: `nil` where there is no such message.
  ///   - isPending: it is an unknown sender's, on whom nobody has decided.
  func objection(to id: Int64, in state: ListedMessage.State?, isPending: Bool = false) -> String {
    switch (self, state) {
    case (_, nil): "\(ControlRefusal.noMessage(id))"
    case (.release, .held) where isPending, (.retry, .held) where isPending:
      "Message \(id) is of a sender that no app matches. To decide on it, run: letterhead app pending"
    case (.hold, .held): "Message \(id) is held already."
    case (.hold, .failed), (.release, .failed):
      "Message \(id) has failed, so it is not tried anyway. To send it again, run: letterhead queue retry \(id)"
    case (.release, .waiting), (.release, .deferred):
      "Message \(id) is not held by hand. To see what it waits for, run: letterhead queue show \(id)"
    case (.retry, .damaged), (.hold, .damaged), (.release, .damaged):
      "Message \(id) is damaged, and nothing that can be sent is left of it. To delete it, run: letterhead queue delete \(id)"
    case (.retry, .held): "Message \(id) is held. Run: letterhead queue release \(id)"
    case (.retry, _), (.hold, _), (.release, _), (.delete, _):
      "Message \(id) has just been changed by somebody else. Run the same command again."
    }
  }
}

extension Directory {
  /// Why the entity's mail does not go out now.
  fileprivate func obstacle(to entity: String, at now: Date) -> String? {
    switch (state(of: entity, at: now), condition(of: entity)) {
    case (.disconnected, _):
      "No mailbox is connected to \(entity), so its mail still waits. Run: letterhead connect \(entity) --help"
    case (.error, _): "The error flag of \(entity) is up, so its mail still waits. Run: letterhead status"
    case (.paused, .paused(let until, _)):
      "The mailbox of \(entity) is paused until \(until.formatted(.iso8601)). To try sooner, run: letterhead queue "
        + "retry --all --entity \(entity)"
    case (.connected, _), (.paused, _): nil
    }
  }
}

extension ChangeMessages.Which {
  fileprivate var selection: Selection {
    switch self {
    case .numbered(let ids):
      .ids(ids.enumerated().filter { !ids[..<$0.offset].contains($0.element) }.map { MessageID(rawValue: $0.element) })
    case .all(let entity): .all(entity: entity)
    }
  }
}
