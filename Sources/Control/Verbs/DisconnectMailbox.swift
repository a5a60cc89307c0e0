// Forgets an entity's mailbox with its sign-in.

import Access
import Logs
import Mailboxes

package struct DisconnectMailbox: ControlVerb {
  package let entity: String
  package let justification: String?

  package init(entity: String, justification: String?) {
    self.entity = entity
    self.justification = justification
  }

  var permission: Permission { .changeConnection }

  func change(in resources: ControlResources, under settings: ControlSettings) -> ConnectionChange? {
    ConnectionChange(.disconnect, entity: entity, address: "")
  }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard try await context.mailboxes.disconnect(entity, by: context.authorization) else {
      throw ControlRefusal.noMailbox(entity: entity)
    }
    context.note("disconnect", [.entity: entity])
    return .done(
      "\(entity) is disconnected. Its mail is held until a mailbox is connected: letterhead connect \(entity) --help")
  }
}
