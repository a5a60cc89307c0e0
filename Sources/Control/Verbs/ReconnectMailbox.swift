// Tests the saved mailbox of an entity with new secrets, or at another server, and saves it.

import Access
package import Mailboxes

package struct ReconnectMailbox: ControlVerb {
  /// As it is to be from now on. The client's secrets may be missing in it: then the saved ones are meant.
  package let mailbox: MailboxPayload
  /// As in ``ConnectMailbox``.
  package let sendingTest: Bool?
  package let justification: String?

  package init(_ mailbox: Mailbox, sendingTest: Bool? = nil, justification: String?) {
    self.mailbox = MailboxPayload(mailbox)
    self.sendingTest = sendingTest
    self.justification = justification
  }

  var permission: Permission { .changeConnection }

  func change(in resources: ControlResources, under settings: ControlSettings) async throws -> ConnectionChange? {
    ConnectionChange(connecting: try await completed(in: resources, under: settings))
  }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let mailbox = try await completed(in: context.resources, under: context.settings)
    return try await context.connect(mailbox, sendingTest: sendingTest, as: "reconnect", say)
  }

  private func completed(in resources: ControlResources, under settings: ControlSettings) async throws -> Mailbox {
    let described = try mailbox.mailbox.checked(under: settings)
    try settings.requireEntity(described.entity)
    guard let saved = try await resources.mailboxes.load().mailbox(of: described.entity) else {
      throw ControlRefusal.noMailbox(entity: described.entity)
    }
    do throws(Mailbox.RenewalFault) {
      return try described.completed(from: saved)
    } catch {
      throw ControlRefusal.renewal(error, entity: described.entity)
    }
  }
}
