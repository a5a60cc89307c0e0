// Everything about one message, with its header as it would go out now.

import Access
package import Foundation
import Mailboxes
import Message
import SMTP
import Spool

package struct ShowMessage: ControlVerb {
  package let id: Int64

  package init(_ id: Int64) {
    self.id = id
  }

  var permission: Permission { .readQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let owner = try context.ownMessagesOnly
    guard let detail = try await context.spool.show(MessageID(rawValue: id)),
      owner == nil || detail.message.source.uid == owner
    else {
      throw ControlRefusal.noMessage(id)
    }
    let directory = try await context.mailboxes.load()
    let outlook = await context.resources.outlook(detail.message.entity)
    try await say(
      .detail(QueuedMessageDetail(detail, in: directory, outlook, hostname: context.settings.hostname, at: Date())))
    return .done("")
  }
}

/// One message as `letterhead queue show` prints it.
package struct QueuedMessageDetail: Sendable, Equatable, Codable {
  package struct Destination: Sendable, Equatable, Codable {
    package let address: String
    /// Why it failed; `nil` while it waits.
    package let failure: String?
  }
  package struct Trial: Sendable, Equatable, Codable {
    package let number: Int
    package let at: Date
    package let words: String
  }

  package let message: QueuedMessage
  package let client: String
  package let recipients: [Destination]
  package let attempts: [Trial]
  /// Under the mailbox connected now; as received where none is.
  package let header: String
  package let isRewritten: Bool

  init(
    _ detail: MessageDetail, in directory: Directory, _ outlook: SendingOutlook? = nil, hostname: String, at now: Date
  ) {
    message = QueuedMessage(detail.message, in: directory, outlook, at: now)
    client = detail.message.source.client
    recipients = detail.recipients.map { Destination(address: $0.text, failure: $1) }
    attempts = detail.attempts.map { Trial(number: $0.number, at: $0.at, words: $0.words) }
    let identity = directory.identity(of: detail.message.entity)
    isRewritten = identity != nil
    header = Self.header(of: detail, as: identity, hostname: hostname, at: now)
  }

  private static func header(of detail: MessageDetail, as identity: Identity?, hostname: String, at now: Date) -> String
  {
    var header = Header(parsing: detail.header)
    if let identity {
      (header, _) = SenderRewrite(identity, hostname: hostname)
        .apply(header: header, envelope: detail.message.envelope, now: now, id: detail.message.id.description)
    }
    return String(decoding: header.serialized(), as: UTF8.self).replacing("\r\n", with: "\n")
  }
}
