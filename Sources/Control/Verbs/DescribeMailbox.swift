// The saved connection of an entity without its secrets, for whoever is to connect it anew.

import Access
import Glibc
import Mailboxes

package struct DescribeMailbox: ControlVerb {
  package let entity: String

  package init(entity: String) {
    self.entity = entity
  }

  var permission: Permission { .readConnection }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    try context.settings.requireEntity(entity)
    guard let mailbox = try await context.mailboxes.load().mailbox(of: entity) else {
      throw ControlRefusal.noMailbox(entity: entity)
    }
    let shown = mailbox.withoutSecrets(keepsProof: context.caller.principal.ownsState)
    try await say(.mailbox(MailboxPayload(shown)))
    return .done("")
  }
}

extension Principal {
  /// Who may read the state and its key anyway: root, and the user of this process. A person's sign-in needs the client's
  /// secret where the command runs.
  var ownsState: Bool {
    if case .unixUser(let uid, _) = self { uid == 0 || uid == geteuid() } else { false }
  }
}
