// One page of the queue, or of one's own messages in it. Whoever wants all of it asks for page after page, so that nothing
// here waits for a slow reader.

import Access
import Mailboxes
package import Spool

package struct ListMessages: ControlVerb {
  /// So many messages at most come in one answer.
  package static let largestPage = 500

  package let filter: QueueFilter
  /// The last message of the page before.
  package let after: Int64?

  package init(_ filter: QueueFilter, after: Int64? = nil) {
    self.filter = filter
    self.after = after
  }

  package init(entity: String? = nil, after: Int64? = nil, state: ListedMessage.State? = nil) {
    self.init(QueueFilter(entity: entity, state: state), after: after)
  }

  var permission: Permission { .readQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    var walk = try await QueueWalk(filter, after: after, in: context)
    if after == nil { try await sayHolds(in: context, say) }
    for message in try await walk.next(atMost: Self.largestPage) { try await say(.message(message)) }
    return .done("")
  }

  /// Said before the first page: of an entity that is on hold without any mail nothing else would tell.
  private func sayHolds(in context: ControlContext, _ say: ControlService.Say) async throws {
    let holds = try await context.mailboxes.load().holds.values.sorted { $0.entity < $1.entity }
    for hold in holds where filter.entity == nil || filter.entity == hold.entity { try await say(.note("\(hold)")) }
  }
}
