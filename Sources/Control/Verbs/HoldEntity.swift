// All mail of an entity is kept back, or goes out again.

import Access
import Foundation
import Logs
import Mailboxes
import Platform
import Spool

package struct HoldEntity: ControlVerb {
  package enum Order: String, Sendable, Codable { case hold, release }

  package let order: Order
  package let entity: String

  package init(_ order: Order, _ entity: String) {
    self.order = order
    self.entity = entity
  }

  var permission: Permission { .changeQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    try context.settings.requireEntity(entity)
    switch order {
    case .hold: return .done(try await hold(in: context))
    case .release: return .done(try await release(in: context))
    }
  }

  private func hold(in context: ControlContext) async throws -> String {
    let now = Date()
    let before = try await context.mailboxes.load().hold(of: entity)
    if let before { return "\(before)" }
    let hold = try await context.mailboxes.hold(entity, by: context.caller.requester, at: now)
    context.note("queue hold", [.entity: entity])
    let waiting = try context.spool.counts[entity]?.queued ?? 0
    return "\(Self.count(waiting)) now, and what comes is accepted and waits too. \(hold)"
  }

  private func release(in context: ControlContext) async throws -> String {
    let spool = try context.spool
    let byHand = spool.counts[entity]?.heldByHand ?? 0
    guard try await context.mailboxes.load().hold(of: entity) != nil else {
      throw ControlRefusal.notOnHold(entity, heldByHand: byHand)
    }
    try await spool.renew(entity, now: Date())
    _ = try await context.mailboxes.release(entity, by: context.caller.requester)
    context.note("queue release", [.entity: entity])
    let rest = (spool.counts[entity]?.queued ?? 0) - byHand
    return "Mail of \(entity) goes out again. \(Self.count(rest)) for it."
      + (byHand > 0 ? " \(ControlRefusal.heldByHand(byHand, of: entity))" : "")
  }

  private static func count(_ messages: Int) -> String {
    "message waits".counted(messages, plural: "messages wait")
  }
}
