// A person wants copies filed now, or not at all.

import Access
import Foundation
import Logs
import Mailboxes
import Spool

package struct ChangeCopies: ControlVerb {
  package enum Order: String, Sendable, Codable, CaseIterable {
    /// Filed at once, if that can be.
    case retry
    /// Never filed.
    case drop
  }

  package let order: Order
  /// Empty: all, or all of one entity.
  package let ids: [Int64]
  package let entity: String?

  package init(_ order: Order, _ ids: [Int64] = [], of entity: String? = nil) {
    self.order = order
    self.ids = ids
    self.entity = entity
  }

  var permission: Permission { .changeQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if let entity { try context.settings.requireEntity(entity) }
    let spool = try context.spool
    let selection: Selection = ids.isEmpty ? .all(entity: entity) : .ids(Set(ids).sorted().map { .init(rawValue: $0) })
    let update =
      switch order {
      case .retry: try await spool.retryCopies(selection, now: Date())
      case .drop: try await spool.dropCopies(selection, by: context.caller.requester.name)
      }
    for id in update.unfit {
      try await say(
        .unchanged("No copy of message \(id) is due. To see what became of it, run: letterhead trace \(id)"))
    }
    if order == .retry {
      for entity in try await context.mailboxes.load().entities { await context.resources.lookAgain(entity.key) }
    }
    if update.count > 0 {
      await context.record(
        order == .retry ? .retry : .delete, "Sent copies: \(update.count)", of: entity ?? "",
        as: "sent \(order.rawValue)",
        [.messages: "\(update.count)"])
    }
    return .changed(update.count)
  }
}
