// Every request, decision and change of a connection, and by whom.

import Access
import Mailboxes

package struct ListAudit: ControlVerb {
  /// What was done to this entity only.
  package let entity: String?

  package init(entity: String?) {
    self.entity = entity
  }

  var permission: Permission { .readAudit }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let all = try await context.mailboxes.audit(of: entity)
    for entry in all { try await say(.entry(entry)) }
    guard all.isEmpty else { return .done("") }
    return .done(entity.map { "Nothing was ever done to an entity \"\($0)\"." } ?? "Nothing was done yet.")
  }
}
