// Tells the entity's people that a message failed, with the provider's words. Never about a report.

import Diagnosis
package import Foundation
package import Mailboxes
import Message
import SMTP
package import Spool

package struct FailureReporter: Sendable {
  /// `nil` while the entity is disconnected.
  private let mailbox: Mailbox?
  private let entity: Entity
  private let hostname: String

  package init(mailbox: Mailbox?, entity: Entity, hostname: String) {
    self.mailbox = mailbox
    self.entity = entity
    self.hostname = hostname
  }

  func report(on message: SpooledMessage, failed: [(Address, Outcome)], header: Header, now: Date) -> NewMessage? {
    guard let first = failed.first?.1 else { return nil }
    let recipients = failed.map { address, outcome in
      FailureReport.Recipient(
        address: address, status: Self.status(of: outcome.reply), reply: outcome.reply,
        remoteHost: outcome.reply == nil ? nil : mailbox?.server.host)
    }
    return report(on: message, recipients, summary: first.summary, remedy: first.remedy, header: header, now: now)
  }

  /// About a message that has waited too long; `words` are the last that the provider said about it.
  package func expiry(of message: SpooledMessage, words: String, now: Date) -> NewMessage? {
    let recipients = message.envelope.recipients.map {
      FailureReport.Recipient(address: $0, status: EnhancedCode(4, 4, 7), reply: nil, remoteHost: nil)
    }
    let last = words.isEmpty ? "" : " The last word on it was: \(words)"
    return report(
      on: message, recipients, summary: "The message could not be delivered in the time it may wait.\(last)",
      remedy: "See what is wrong with the connection with: letterhead test \(entity.key)\(commandEnding)",
      header: Self.header(inMemory: message.content), now: now)
  }

  private func report(
    on message: SpooledMessage, _ recipients: [FailureReport.Recipient], summary: String, remedy: String,
    header: Header, now: Date
  ) -> NewMessage? {
    let readers = entity.notify.isEmpty ? [mailbox?.address].compactMap(\.self) : entity.notify
    guard let from = mailbox?.address ?? readers.first, !message.isReport, !FailureReport.isReport(header) else {
      return nil
    }
    let report = FailureReport(
      hostname: hostname, id: message.id.description, entityName: entity.name,
      from: from, to: readers,
      originalSender: message.envelope.sender, acceptedAt: message.receivedAt, recipients: recipients,
      summary: summary, remedy: remedy, header: header, commandEnding: commandEnding)
    let octets = report.message(now: now)
    return NewMessage(
      entity: message.entity, envelope: report.envelope, content: .octets(octets),
      source: MessageSource(client: NewMessage.reportClient(on: message.id)), origin: .report,
      messageID: InternetMessageID(of: Header(parsing: octets)))
  }

  private var commandEnding: String { mailbox?.given.configuration.map { " --config \(shellWord($0))" } ?? "" }

  private static func status(of reply: Reply?) -> EnhancedCode {
    reply?.enhanced ?? EnhancedCode(5, 0, 0)
  }

  private static func header(inMemory content: MessageContent) -> Header {
    if case .octets(let octets) = content { Header(parsing: octets) } else { Header() }
  }
}
