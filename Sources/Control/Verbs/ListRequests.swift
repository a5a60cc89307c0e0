// Who asks to change a connection: an administrator sees all requests, everybody else their own.

import Access
import Mailboxes

package struct ListRequests: ControlVerb {
  package init() {}

  var permission: Permission { .readRequests }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let isAdministrator = context.caller.role == .administrator
    let all = try await context.mailboxes.requests(of: isAdministrator ? nil : context.caller.requester.key)
    for request in all { try await say(.request(request)) }
    return .done(all.isEmpty ? "There are no requests." : "")
  }
}
