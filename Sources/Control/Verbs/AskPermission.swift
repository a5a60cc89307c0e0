// Whether a change of a connection is the caller's to make now. Asked before anybody signs in for nothing.

import Access
package import Mailboxes
import SMTP

package struct AskPermission: ControlVerb {
  /// What would be done.
  package let wanted: ConnectionChange
  package let justification: String?

  package init(_ wanted: ConnectionChange, justification: String?) {
    self.wanted = wanted
    self.justification = justification
  }

  var permission: Permission { .changeConnection }

  func change(in resources: ControlResources, under settings: ControlSettings) -> ConnectionChange? { wanted }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if wanted.verb == .connect, let address = Address(wanted.address) {
      try await context.mailboxes.checkMayConnect(address, to: wanted.entity)
    }
    return .permitted
  }
}
