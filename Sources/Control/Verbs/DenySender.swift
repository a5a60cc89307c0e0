// An unknown sender is refused from now on, and what was held of it fails.

import Access
import Foundation
import Logging
import Logs
import Mailboxes
import Message
import Platform
import SMTP
import Spool

package struct DenySender: ControlVerb {
  /// As `ListPending` tells it.
  package let key: String

  package init(key: String) { self.key = key }

  var permission: Permission { .decidePending }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let key = PendingKey(key) else { throw ControlRefusal.noSender(String(key.prefix(64))) }
    let spool = try context.spool
    let now = Date()
    let requester = context.caller.requester
    _ = try await context.mailboxes.load()
    try await withdrawApprovals(covering: key, in: context)
    try await context.mailboxes.deny(DeniedSender(key: "\(key)", at: now, by: requester))
    let report = try await DenialReport(on: key, in: spool, context)
    let words = "\(key.words) may not send here: denied by \(requester.name)"
    let log = context.resources.log
    let count = try await spool.fail(allOf: key.spoolKey, words: words, now: now) { message in
      log?.tell(.failed, .denied(message, words))
      return report?.message(on: message, now: now)
    }
    context.note("app deny", [.match: "\(key)", .messages: "\(count)"])
    let mail = "message of it has".counted(count, plural: "messages of it have")
    return .done(
      "\(key.words) is refused from now on. \(mail) failed. To undo this: letterhead app approve \(key) --name NAME --entity ENTITY"
    )
  }

  /// An app that is approved here goes with its sender; one of the configuration is the configuration's to change.
  private func withdrawApprovals(covering key: PendingKey, in context: ControlContext) async throws {
    let user = await context.resources.userName(key.owner)
    let isCovered = { (app: App) in app.match.contains { key.isCovered(by: $0, user: user) } }
    if let app = context.settings.access.apps.first(where: isCovered) {
      throw ControlRefusal.senderIsApp("\(key)", app: app.name)
    }
    for app in context.access.apps where app.isApprovedHere && isCovered(app) {
      _ = try await context.mailboxes.withdrawApproval(of: app.name, by: context.caller.requester)
    }
  }
}

/// The one report about all mail of a denied sender, to whom alerts go: it has no entity whose people could read it.
private struct DenialReport: Sendable {
  let hostname: String
  let entity: String
  let from: Address
  let readers: [Address]
  let sender: PendingSender
  let decider: String

  /// - Returns: `nil` where nobody gets alerts by mail, or nothing is held.
  init?(on key: PendingKey, in spool: Spool, _ context: ControlContext) async throws {
    guard let alerts = context.settings.alerts, let first = alerts.readers.first,
      let sender = try await spool.pendingSenders().first(where: { $0.key == "\(key)" })
    else { return nil }
    hostname = context.settings.hostname
    entity = alerts.entity
    from = try await context.mailboxes.load().mailbox(of: entity)?.address ?? first
    readers = alerts.readers
    decider = context.caller.requester.name
    self.sender = sender
  }

  /// - Returns: `nil` for all but the first.
  func message(on message: SpooledMessage, now: Date) -> NewMessage? {
    guard message.id.rawValue == sender.message else { return nil }
    let rest = sender.count - 1
    let others =
      rest > 0
      ? " So \("more message of the same sender does".counted(rest, plural: "more messages of the same sender do"))."
      : ""
    let header: Header = if case .octets(let octets) = message.content { Header(parsing: octets) } else { Header() }
    let report = FailureReport(
      hostname: hostname, id: "\(message.id)", entityName: sender.identity, from: from, to: readers,
      originalSender: message.envelope.sender, acceptedAt: message.receivedAt,
      recipients: message.envelope.recipients.map {
        FailureReport.Recipient(address: $0, status: EnhancedCode(5, 7, 1), reply: nil, remoteHost: nil)
      },
      summary: "\(decider) has denied \(sender.identity), which no app matches, so its mail fails.\(others)",
      remedy: "To let it send all the same, run: letterhead app approve \(sender.key) --help", header: header)
    let octets = report.message(now: now)
    return NewMessage(
      entity: entity, envelope: report.envelope, content: .octets(octets),
      source: MessageSource(client: NewMessage.reportClient(on: message.id)), origin: .report,
      messageID: InternetMessageID(of: Header(parsing: octets)))
  }
}

extension LoggedFields {
  fileprivate static func denied(_ message: SpooledMessage, _ words: String) -> LoggedFields {
    let envelope = message.envelope
    return [
      .id: "\(message.id)", .entity: message.entity, .sender: envelope.sender?.text ?? "<>",
      .recipients: few(envelope.recipients.map(\.text)), .messageID: message.messageID.map { "\($0)" }, .reason: words,
    ]
  }
}
