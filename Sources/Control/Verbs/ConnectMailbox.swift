// Tests a mailbox that somebody has described, and saves it.

import Access
package import Mailboxes

package struct ConnectMailbox: ControlVerb {
  package let mailbox: MailboxPayload
  /// A real message goes to the mailbox itself; `nil`: where its provider needs that.
  package let sendingTest: Bool?
  package let justification: String?

  package init(_ mailbox: Mailbox, sendingTest: Bool? = nil, justification: String?) {
    self.mailbox = MailboxPayload(mailbox)
    self.sendingTest = sendingTest
    self.justification = justification
  }

  var permission: Permission { .changeConnection }

  func change(under settings: ControlSettings) throws -> ConnectionChange? {
    ConnectionChange(connecting: try completed(under: settings))
  }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let mailbox = try completed(under: context.settings)
    try await context.mailboxes.checkMayConnect(mailbox.address, to: mailbox.entity)
    let sentence = try await context.resources.connector.connect(
      mailbox, sendingTest: sendingTest ?? mailbox.provider.needsTestMessage, by: context.authorization
    ) { try await say(.step($0)) }
    context.note("connected", ["entity": "\(mailbox.entity)"])
    return .done(sentence)
  }

  /// The mailbox as described, with what is known here of its provider.
  private func completed(under settings: ControlSettings) throws(ControlRefusal) -> Mailbox {
    var mailbox = self.mailbox.mailbox
    guard let provider = settings.providers.named(mailbox.provider.name) else {
      throw .noProvider(String(mailbox.provider.name.prefix(64)))
    }
    if let unfit = mailbox.unfit { throw .unfit(unfit) }
    mailbox.provider = provider
    // The test finds out.
    mailbox.mechanism = nil
    return mailbox
  }
}
