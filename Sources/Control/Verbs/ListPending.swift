// Unknown senders whose mail is held until an administrator decides, and those who were denied.

import Access
import Mailboxes

package struct ListPending: ControlVerb {
  package init() {}

  var permission: Permission { .readPending }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let senders = try await context.spool.pendingSenders()
    for sender in senders { try await say(.pending(sender)) }
    _ = try await context.mailboxes.load()
    let denied = context.mailboxes.apps.denied.map(\.key)
    let none = senders.isEmpty ? ["No mail of unknown senders is held."] : []
    return .done((none + Self.remarks(onDenied: denied)).joined(separator: "\n"))
  }

  /// What refusals of denied senders refer to.
  private static func remarks(onDenied keys: [String]) -> [String] {
    guard let first = keys.first else { return [] }
    return [
      "Denied: \(keys.joined(separator: ", ")). To undo it: letterhead app approve \(first) --name NAME --entity ENTITY"
    ]
  }
}
