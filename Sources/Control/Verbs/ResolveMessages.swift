// A person says of messages whose outcome is unknown whether they have arrived, or are to be sent again.

import Access
import Foundation
import Logs
import Mailboxes
import Spool

package struct ResolveMessages: ControlVerb {
  package enum Order: String, Sendable, Codable, CaseIterable {
    /// They have arrived.
    case delivered
    /// They are sent once more, and may arrive twice.
    case retry
  }

  package let order: Order
  package let ids: [Int64]

  package init(_ order: Order, _ ids: [Int64]) {
    self.order = order
    self.ids = ids
  }

  var permission: Permission { .changeQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let spool = try context.spool
    var seen: Set<Int64> = []
    let meant = ids.filter { seen.insert($0).inserted }.map { MessageID(rawValue: $0) }
    var entities: Set<String> = []
    for id in meant { if let found = try await spool.show(id) { entities.insert(found.message.entity) } }
    let update = try await spool.resolve(
      .ids(meant), as: resolution(by: context.caller.requester.name), now: Date())
    for id in update.unfit {
      try await say(.unchanged(Self.objection(to: id.rawValue, as: try await spool.show(id)?.message)))
    }
    if update.count > 0 {
      let changed = LoggedFields.few(meant.filter { !update.unfit.contains($0) }.map { "\($0)" })
      await context.record(
        .resolve, "as \(order.rawValue): \(changed)", of: entities.count == 1 ? entities.first ?? "" : "",
        as: "queue resolve", [.messages: "\(update.count)", .ids: changed])
    }
    return .changed(update.count)
  }

  private func resolution(by person: String) -> UnknownResolution {
    switch order {
    case .delivered: .delivered("\(person) says that it has arrived")
    case .retry: .again("sent again by order of \(person), and may arrive twice")
    }
  }

  /// Why a message is left as it is.
  ///
  /// - Parameter message: `nil` where there is none of that number.
  static func objection(to id: Int64, as message: ListedMessage?) -> String {
    switch message?.state {
    case nil: "\(ControlRefusal.noMessage(id))"
    case .held where message?.unknown != nil:
      "Message \(id) is held. To let it go first, run: letterhead queue release \(id)"
    case .unknown: "Message \(id) has just been changed by somebody else. Run the same command again."
    default:
      "What its provider made of message \(id) is not unknown. To see what is known of it, run: letterhead queue show \(id)"
    }
  }
}
