// The whole chain of a connected mailbox again, step by step. Changes nothing.

import Access
import Mailboxes
import SMTP

package struct TestMailbox: ControlVerb {
  package let entity: String
  /// Gets a real message in the end.
  package let recipient: String?

  package init(entity: String, recipient: String?) {
    self.entity = entity
    self.recipient = recipient
  }

  var permission: Permission { .testMailbox }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    try context.settings.requireEntity(entity)
    let address = try recipient.map { text throws(ControlRefusal) in
      guard let address = Address(text), !address.domain.isEmpty else { throw .notACall }
      return address
    }
    guard let mailbox = try await context.mailboxes.load().mailbox(of: entity) else {
      throw ControlRefusal.noMailbox(entity: entity)
    }
    try await context.resources.connector.test(mailbox, sendingTo: address) { try await say(.step($0)) }
    return .done(address.map { "It works; a message is on its way to \($0)." } ?? "It works.")
  }
}
