// Tests a mailbox that somebody has described, and saves it.

import Access
import Logs
package import Mailboxes
import SMTP

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

  func change(in resources: ControlResources, under settings: ControlSettings) throws -> ConnectionChange? {
    ConnectionChange(connecting: try mailbox.mailbox.checked(under: settings))
  }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let mailbox = try mailbox.mailbox.checked(under: context.settings)
    return try await context.connect(mailbox, sendingTest: sendingTest, as: "connect", say)
  }
}

extension ControlContext {
  /// Tests `mailbox` and saves it.
  ///
  /// - Parameter act: the command, for the log.
  func connect(
    _ mailbox: Mailbox, sendingTest: Bool?, as act: String, _ say: ControlService.Say
  ) async throws -> ControlReply {
    try await mailboxes.checkMayConnect(mailbox.address, to: mailbox.entity)
    let sentence = try await resources.connector.connect(
      mailbox, sendingTest: sendingTest ?? mailbox.provider.needsTestMessage, by: authorization
    ) { try await say(.step($0)) }
    note(act, [.entity: mailbox.entity, .mailbox: mailbox.address.text])
    let hold = try await mailboxes.load().hold(of: mailbox.entity)
    return .done(hold.map { "\(sentence) \($0)" } ?? sentence)
  }
}

extension Mailbox {
  /// The mailbox as described, with what is known here of its provider.
  func checked(under settings: ControlSettings) throws(ControlRefusal) -> Mailbox {
    guard let provider = settings.providers.named(self.provider.name) else {
      throw .noProvider(String(self.provider.name.prefix(64)))
    }
    if let unfit { throw .unfit(unfit) }
    let transport = self.provider.transport
    guard transport == .smtp || provider.api?.transport == transport else {
      throw .noTransport(transport.rawValue, at: provider.label)
    }
    var mailbox = self
    mailbox.provider = provider.reached(by: transport)
    // The test finds out.
    mailbox.mechanism = nil
    return mailbox
  }
}
