// Unknown senders whose mail is held until an administrator decides.

import Access

package struct ListPending: ControlVerb {
  package init() {}

  var permission: Permission { .readPending }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let senders = try await context.spool.pendingSenders()
    for sender in senders { try await say(.pending(sender)) }
    return .done(senders.isEmpty ? "No mail of unknown senders is held." : "")
  }
}
