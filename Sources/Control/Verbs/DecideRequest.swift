// What an administrator says to a request.

import Access
import Logs
import Mailboxes

package struct ApproveRequest: ControlVerb {
  package let number: Int64

  package init(_ number: Int64) {
    self.number = number
  }

  var permission: Permission { .decideRequests }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    context.decided(try await context.mailboxes.approve(number, by: context.caller.requester))
  }
}

package struct DenyRequest: ControlVerb {
  package let number: Int64
  package let reason: String

  package init(_ number: Int64, reason: String) {
    self.number = number
    self.reason = reason
  }

  var permission: Permission { .decideRequests }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let reason = PlainText(reason) else { throw ControlRefusal.reasonMissing }
    return context.decided(try await context.mailboxes.deny(number, by: context.caller.requester, reason: reason))
  }
}

extension ControlContext {
  fileprivate func decided(_ request: Request) -> ControlReply {
    let act = request.state == .approved ? "approve" : "deny"
    note(act, [.entity: request.change.entity, .request: "\(request.number)"])
    let hint =
      request.state == .approved
      ? " The same letterhead \(request.change.verb) command, typed again within 7 days, makes this one change." : ""
    return .done(
      "Request \(request.number) of \(request.requester.name) to \(request.change.sentence) is \(request.state).\(hint)"
    )
  }
}
